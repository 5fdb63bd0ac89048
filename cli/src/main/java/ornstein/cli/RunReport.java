package ornstein.cli;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;

/** A page about a training run, made from what its folder holds. */
final class RunReport {
  /** The page's name in the folder. */
  static final String FILE = "report.html";

  /** More drafts than these are thinned out, for a page of some megabytes. */
  private static final int MOST_DRAFTS = 24;

  /** Points that a curve is drawn with. */
  private static final int POINTS = 512;

  private static final int MOST_LINES = 200;

  /** What a checkpoint knows of itself rather than of the run. */
  private static final Set<String> OF_THE_FILE =
      Set.of(
          SafeTensors.CHECKSUM_KEY,
          "ornstein.training",
          "training.step",
          "training.optimizer_steps",
          "training.elapsed_nanos",
          RunFolder.VALIDATION_LOSS);

  private static final String BATCH = "training.batch_size";
  private static final String CLASS_NAMES = "diffusion.class_names";

  private final Path folder;
  private final HtmlPage page;
  private final List<String> missing = new ArrayList<>();
  private final @Nullable RunRecord record;
  private final Map<String, String> configuration;
  private final List<MetricsRow> rows;
  private final List<String> log;

  /** When metrics were written, which a run at work does more often than its log. */
  private final Instant measured;

  private RunReport(Path folder) throws IOException {
    this.folder = folder.toAbsolutePath().normalize();
    page = new HtmlPage(String.valueOf(this.folder.getFileName()));
    record = present(RunFolder.RECORD) ? RunRecord.load(file(RunFolder.RECORD)) : null;
    configuration = configuration();
    rows = present(TrainingLog.METRICS) ? MetricsFile.read(file(TrainingLog.METRICS)) : List.of();
    measured =
        rows.isEmpty()
            ? Instant.MIN
            : Files.getLastModifiedTime(file(TrainingLog.METRICS)).toInstant();
    log = present(TrainingLog.LINES) ? Files.readAllLines(file(TrainingLog.LINES)) : List.of();
  }

  /**
   * Writes the page into the folder; what the folder lacks is left out and named.
   *
   * @return the file
   * @throws IOException if a file cannot be read, or the page not written
   */
  static Path write(Path folder) throws IOException {
    RunReport report = new RunReport(folder);
    report.state();
    report.course();
    report.pictures();
    report.commands();
    report.settings();
    report.files();
    report.log();
    Path file = folder.resolve(FILE);
    report.page.save(file);
    return file;
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private boolean present(String name) {
    boolean there = Files.exists(file(name));
    if (!there) {
      missing.add(name);
    }
    return there;
  }

  /** Of the last checkpoint that can be read. */
  private Map<String, String> configuration() throws IOException {
    for (Path checkpoint : RunFolder.checkpoints(folder)) {
      try (SafeTensors tensors = SafeTensors.open(checkpoint)) {
        return new TreeMap<>(tensors.metadata());
      } catch (FormatException | NoSuchFileException lost) {
        // Damaged, or pruned by a run at work meanwhile: another may be whole.
      }
    }
    missing.add("checkpoints");
    return record == null ? Map.of() : record.configuration();
  }

  private void state() {
    SequencedMap<String, String> facts = new LinkedHashMap<>();
    if (record != null) {
      facts.putAll(record.description());
    }
    if (!rows.isEmpty()) {
      MetricsRow last = rows.getLast();
      facts.put("steps", String.format(Locale.ROOT, "%,d", last.step()));
      facts.put("time of training", time(last.seconds()));
      String images = configuration.get(BATCH);
      double rate = last.step() / last.seconds();
      facts.put(
          "throughput",
          images == null
              ? String.format(Locale.ROOT, "%,.2f steps/s", rate)
              : String.format(
                  Locale.ROOT,
                  "%,.2f steps/s, %,.1f images/s",
                  rate,
                  rate * Integer.parseInt(images)));
      facts.put("loss", String.format(Locale.ROOT, "%.4g at the end", lateLoss()));
      validation(facts);
    }
    page.remark("A training run of Ornstein. " + times());
    page.table(facts);
  }

  /** Mean of the last twentieth. */
  private double lateLoss() {
    List<MetricsRow> late = rows.subList(rows.size() - Math.ceilDiv(rows.size(), 20), rows.size());
    return late.stream().mapToDouble(MetricsRow::loss).average().orElseThrow();
  }

  private void validation(Map<String, String> facts) {
    List<MetricsRow> held = rows.stream().filter(row -> !row.validation().isEmpty()).toList();
    if (held.isEmpty()) {
      return;
    }
    MetricsRow best = held.getFirst();
    for (MetricsRow row : held) {
      best = row.validation().getFirst() < best.validation().getFirst() ? row : best;
    }
    MetricsRow last = held.getLast();
    facts.put(
        "validation loss",
        String.format(
            Locale.ROOT,
            "%.4g at step %,d; least: %.4g at step %,d",
            last.validation().getFirst(),
            last.step(),
            best.validation().getFirst(),
            best.step()));
  }

  /** When it began, and when it was last at work. */
  private String times() {
    String written = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return log.isEmpty()
        ? "This page was written " + written + "."
        : "Begun "
            + firstWord(log.getFirst())
            + ", last heard of "
            + lastHeard()
            + ", this page written "
            + written
            + ".";
  }

  /** The later of the two: files that were copied may look older than they are. */
  private String lastHeard() {
    String logged = firstWord(log.getLast());
    String written = measured.truncatedTo(ChronoUnit.SECONDS).toString();
    return measured.equals(Instant.MIN) || written.compareTo(logged) < 0 ? logged : written;
  }

  private static String firstWord(String line) {
    return line.split(" ", -1)[0];
  }

  private static String time(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60
        ? String.format(Locale.ROOT, "%.1f s", seconds)
        : whole < 3600
            ? String.format(Locale.ROOT, "%d min %d s", whole / 60, whole % 60)
            : String.format(Locale.ROOT, "%d h %d min", whole / 3600, whole / 60 % 60);
  }

  private void course() {
    page.heading("Loss");
    if (rows.isEmpty()) {
      page.paragraph("There are no figures yet.");
      return;
    }
    LossHistory history = new LossHistory(POINTS);
    rows.forEach(history::add);
    long first = rows.getFirst().step();
    int stepsPerRow = (int) (rows.size() == 1 ? first : rows.get(1).step() - first);
    LossCurves curves = new LossCurves(history, stepsPerRow);
    if (curves.isEmpty()) {
      page.paragraph("No row of " + TrainingLog.METRICS + " has a loss that is a number.");
      return;
    }
    page.drawing(new LossSvg(curves));
  }

  private void pictures() throws IOException {
    if (present(SampleFiles.PICTURE)) {
      page.heading("Samples at the end").picture(file(SampleFiles.PICTURE), SampleFiles.PICTURE);
    }
    List<Path> drafts = drafts();
    if (drafts.isEmpty()) {
      return;
    }
    page.heading("Samples on the way");
    int shown = Math.min(drafts.size(), MOST_DRAFTS);
    page.remark(
        "Of the same noise each time, with the averaged weights."
            + (shown < drafts.size() ? " " + shown + " of " + drafts.size() + " are shown." : ""));
    for (int i = 0; i < shown; i++) {
      Path draft = drafts.get((int) ((long) i * (drafts.size() - 1) / Math.max(shown - 1, 1)));
      page.picture(draft, String.format(Locale.ROOT, "step %,d", RunFolder.step(draft)));
    }
  }

  private List<Path> drafts() throws IOException {
    return present(TrainingRun.SAMPLES) ? RunFolder.drafts(folder) : List.of();
  }

  private void commands() {
    RunCommands commands = new RunCommands(folder, record, configuration.get(CLASS_NAMES));
    page.heading("Commands").lines(commands.lines(present(TrainingRun.MODEL)));
  }

  private void settings() {
    page.heading("Configuration");
    if (configuration.isEmpty()) {
      page.paragraph(
          "It is not known: there is neither a checkpoint nor " + RunFolder.RECORD + ".");
      return;
    }
    SequencedMap<String, String> shown = new LinkedHashMap<>(configuration);
    shown.keySet().removeAll(OF_THE_FILE);
    shown.computeIfPresent(CLASS_NAMES, (key, names) -> names.replace("\n", ", "));
    page.table(shown);
  }

  private void files() throws IOException {
    page.heading("Files");
    SequencedMap<Path, Long> found = new TreeMap<>();
    Files.walkFileTree(folder, Set.of(FileVisitOption.FOLLOW_LINKS), 2, new Sizes(found));
    SequencedMap<String, String> sizes = new LinkedHashMap<>();
    found.forEach(
        (file, size) -> {
          if (!file.equals(folder.resolve(FILE))
              && !file.startsWith(folder.resolve(TrainingRun.SAMPLES))) {
            sizes.put(
                folder.relativize(file).toString(), String.format(Locale.ROOT, "%,d bytes", size));
          }
        });
    page.remark(folder.toString());
    page.table(sizes);
    if (!missing.isEmpty()) {
      page.remark("Not there, or not yet: " + String.join(", ", missing) + ".");
    }
  }

  /** Collects files; a run at work may rename or remove one as soon as it was listed. */
  private static final class Sizes extends SimpleFileVisitor<Path> {
    private final Map<Path, Long> found;

    Sizes(Map<Path, Long> found) {
      this.found = found;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile() && !RunFolder.isHalfWritten(file)) {
        found.put(file, attributes.size());
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException || e instanceof FileSystemLoopException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }
  }

  private void log() {
    if (log.isEmpty()) {
      return;
    }
    int shown = Math.min(log.size(), MOST_LINES);
    page.heading("Log");
    page.folded(
        shown == log.size()
            ? shown + " lines"
            : "the last " + shown + " of " + log.size() + " lines",
        log.subList(log.size() - shown, log.size()));
  }
}
