package ornstein.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ornstein.diffusion.train.LossQuartiles;
import ornstein.engine.io.AtomicFile;
import ornstein.engine.io.FormatException;

/**
 * The metrics of a run as csv, written line by line. A run that goes on from a checkpoint first
 * takes back the lines of the steps that it will do again.
 */
final class MetricsFile implements AutoCloseable {
  private static final String FIXED =
      "step,loss,loss_q0,loss_q1,loss_q2,loss_q3,learning_rate,grad_norm,seconds";
  private static final int FIXED_COLUMNS = 9;

  private final Writer out;

  private MetricsFile(Writer out) {
    this.out = out;
  }

  /**
   * Opens the file, or creates it.
   *
   * @param step the step that the run goes on from; lines of later steps are removed
   * @param decays of the averages whose validation loss has a column
   * @param known receives the lines that stay
   */
  static MetricsFile open(Path file, long step, List<Double> decays, List<MetricsRow> known)
      throws IOException {
    String header =
        FIXED
            + IntStream.range(0, decays.size())
                .mapToObj(
                    i -> i == 0 ? ",validation_loss" : ",validation_loss_ema_" + decays.get(i))
                .collect(Collectors.joining());
    if (step > 0 && Files.exists(file)) {
      known.addAll(read(file, FIXED_COLUMNS + decays.size(), step));
    }
    AtomicFile.write(
        file,
        bytes -> {
          StringBuilder text = new StringBuilder(header).append('\n');
          known.forEach(row -> text.append(line(row, decays.size())));
          bytes.write(text.toString().getBytes(StandardCharsets.UTF_8));
        });
    return new MetricsFile(
        Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND));
  }

  /**
   * Reads what a run has left.
   *
   * @return the rows, in order
   * @throws FormatException if the file is none of a run
   */
  static List<MetricsRow> read(Path file) throws IOException {
    String header;
    try (Stream<String> lines = Files.lines(file)) {
      header = lines.findFirst().orElse("");
    }
    if (!header.startsWith(FIXED)) {
      throw new FormatException(file.toString(), null, -1, "does not begin with " + FIXED);
    }
    return read(file, header.split(",", -1).length, Long.MAX_VALUE);
  }

  /** The rows up to a step. */
  private static List<MetricsRow> read(Path file, int columns, long step) throws IOException {
    List<MetricsRow> rows = new ArrayList<>();
    try (Stream<String> lines = Files.lines(file)) {
      for (String line : lines.skip(1).toList()) {
        MetricsRow row = parse(file, line, columns);
        if (row.step() > step) {
          break;
        }
        rows.add(row);
      }
    } catch (FormatException torn) {
      // The last line of a process that was killed: everything before it stays.
    }
    return rows;
  }

  private static MetricsRow parse(Path file, String line, int columns) throws FormatException {
    String[] cells = line.split(",", -1);
    if (cells.length != columns) {
      throw new FormatException(file.toString(), null, -1, "has a line of other columns");
    }
    try {
      double[] numbers =
          Stream.of(cells)
              .mapToDouble(c -> c.isEmpty() ? Double.NaN : Double.parseDouble(c))
              .toArray();
      List<Double> validation = new ArrayList<>();
      for (int i = FIXED_COLUMNS; i < columns && !Double.isNaN(numbers[i]); i++) {
        validation.add(numbers[i]);
      }
      return new MetricsRow(
          (long) numbers[0],
          numbers[1],
          LossQuartiles.ofMeans(numbers[2], numbers[3], numbers[4], numbers[5]),
          numbers[6],
          numbers[7],
          numbers[8],
          validation);
    } catch (NumberFormatException e) {
      throw new FormatException(file.toString(), null, -1, "has a line that is no numbers");
    }
  }

  private static String line(MetricsRow row, int averages) {
    DoubleStream quartiles =
        IntStream.range(0, LossQuartiles.COUNT).mapToDouble(row.quartiles()::mean);
    DoubleStream validation =
        IntStream.range(0, averages)
            .mapToDouble(i -> i < row.validation().size() ? row.validation().get(i) : Double.NaN);
    return String.format(
        Locale.ROOT,
        "%d,%s,%s,%s,%s,%.3f%s%n",
        row.step(),
        cell(row.loss()),
        quartiles.mapToObj(MetricsFile::cell).collect(Collectors.joining(",")),
        cell(row.learningRate()),
        cell(row.gradNorm()),
        row.seconds(),
        validation.mapToObj(v -> "," + cell(v)).collect(Collectors.joining()));
  }

  /** Empty where there is no number. */
  private static String cell(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.6g", value);
  }

  /** Appends a line; it is in the file, if not on the disk, when this returns. */
  void append(MetricsRow row, int averages) throws IOException {
    out.write(line(row, averages));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
