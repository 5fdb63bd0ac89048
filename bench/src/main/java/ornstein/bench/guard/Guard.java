package ornstein.bench.guard;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Measures the guarded figures and compares them with the record, or makes the record. What it
 * prints goes to a writer line by line, as it is measured.
 */
public final class Guard {
  /** JVMs that a figure is measured in before it counts as fallen short, or is recorded. */
  public static final int TRIES = 3;

  private static final String PERCENT = Math.round(100 * Judgement.TOLERANCE) + " %";

  private final String machine;
  private final List<Figure> figures;
  private final Meter meter;
  private final Table table;

  /**
   * Creates the guard.
   *
   * @param machine the class of this machine, as in the record
   * @param figures the figures, in the order of the table
   * @param meter measures them
   * @param out receives the table
   */
  public Guard(String machine, List<Figure> figures, Meter meter, PrintWriter out) {
    this.machine = machine;
    this.figures = List.copyOf(figures);
    this.meter = meter;
    this.table = new Table(out);
  }

  /**
   * Measures each figure once, and those that fall short again in fresh JVMs: the best of {@link
   * #TRIES} measurements counts. They come after all others, so that what disturbed the first has
   * time to pass. Without a record for this class of machine nothing falls short.
   *
   * @param record the record
   * @return the figures that fell short, in order
   * @throws MeasurementException if a measurement failed
   */
  public List<Figure> compare(RatioRecord record) {
    SequencedMap<String, Double> recorded = record.ratios(machine);
    if (recorded.isEmpty()) {
      table.line(
          "no record for this class of machine, "
              + machine
              + ": nothing is judged; --update adds it");
      if (!record.machines().isEmpty()) {
        table.line("recorded classes: " + String.join(", ", record.machines()));
      }
    } else {
      table.line("class of machine: " + machine);
    }
    table.heading();
    List<Judgement> judgements = new ArrayList<>();
    for (Figure figure : figures) {
      Double ratio = recorded.get(figure.name());
      OptionalDouble known = ratio == null ? OptionalDouble.empty() : OptionalDouble.of(ratio);
      Judgement first = new Judgement(figure, List.of(meter.measure(figure)), known);
      table.row(first, first.isShort() ? "short, to be measured again" : "");
      judgements.add(first);
    }
    judgements.replaceAll(this::again);
    conclude(judgements);
    return judgements.stream().filter(Judgement::fell).map(Judgement::figure).toList();
  }

  private Judgement again(Judgement first) {
    Judgement judgement = first;
    for (int i = 2; i <= TRIES && judgement.isShort(); i++) {
      Judgement next =
          new Judgement(first.figure(), List.of(meter.measure(first.figure())), first.recorded());
      judgement = judgement.and(next.best());
      table.row(next, "try " + i + (judgement.isShort() ? ", best still short" : ""));
    }
    return judgement;
  }

  private void conclude(List<Judgement> judgements) {
    long judged = judgements.stream().filter(j -> j.recorded().isPresent()).count();
    if (judged == 0) {
      return;
    }
    list("no record, so not judged; --update adds it", judgements, j -> j.recorded().isEmpty());
    list("more than " + PERCENT + " above; --update records it", judgements, Judgement::rose);
    list(
        "short, but not judged, for other programs kept the cores busy",
        judgements,
        j -> j.isShort() && !j.fell());
    list("fell by more than " + PERCENT, judgements, Judgement::fell);
    long fallen = judgements.stream().filter(Judgement::fell).count();
    table.line(fallen + " of " + judged + " figures fell by more than " + PERCENT);
  }

  /** Names the figures of which something is true, if there are any. */
  private void list(String what, List<Judgement> judgements, Predicate<Judgement> which) {
    String names =
        judgements.stream()
            .filter(which)
            .map(judgement -> judgement.figure().name())
            .collect(Collectors.joining(", "));
    if (!names.isEmpty()) {
      table.line(what + ": " + names);
    }
  }

  /**
   * Measures each figure in {@link #TRIES} JVMs and takes the middle ratio, neither a lucky JVM's
   * nor a disturbed one's. The tries of a figure are far apart in time.
   *
   * @param record the record so far
   * @return the record with this class of machine's ratios replaced
   * @throws MeasurementException if a measurement failed
   */
  public RatioRecord update(RatioRecord record) {
    SequencedMap<String, Double> recorded = record.ratios(machine);
    table.line("class of machine: " + machine);
    table.heading();
    SequencedMap<Figure, List<Measurement>> measured = new LinkedHashMap<>();
    for (int i = 1; i <= TRIES; i++) {
      for (Figure figure : figures) {
        Measurement measurement = meter.measure(figure);
        measured.computeIfAbsent(figure, f -> new ArrayList<>()).add(measurement);
        Double old = recorded.get(figure.name());
        OptionalDouble known = old == null ? OptionalDouble.empty() : OptionalDouble.of(old);
        table.row(new Judgement(figure, List.of(measurement), known), i + " of " + TRIES);
      }
    }
    String disturbed =
        measured.entrySet().stream()
            .filter(entry -> !entry.getValue().stream().allMatch(Measurement::undisturbed))
            .map(entry -> entry.getKey().name())
            .collect(Collectors.joining(", "));
    if (!disturbed.isEmpty()) {
      table.line(
          "other programs kept the cores busy, so update again when it is quiet: " + disturbed);
    }
    SequencedMap<String, Double> ratios = new LinkedHashMap<>();
    measured.forEach((figure, all) -> ratios.put(figure.name(), middle(all)));
    return record.with(machine, ratios);
  }

  private static double middle(List<Measurement> all) {
    return all.stream()
        .sorted(Comparator.comparingDouble(Measurement::ratio))
        .toList()
        .get(all.size() / 2)
        .ratio();
  }
}
