package ornstein.bench.peers;

import java.util.List;
import java.util.Locale;

/**
 * What was measured of one contender; also a line of the table of all measurements.
 *
 * @param group the figure's group
 * @param figure the figure's name within the group
 * @param threads threads of every library
 * @param library whose contender it is
 * @param version the library's version
 * @param variant what tells the contender from the library's others
 * @param error largest difference from Ornstein's result, as a part of the largest value
 * @param median median over the rounds of the time of a run, in milliseconds
 * @param least least time of a run in any round, in milliseconds
 * @param flops floating-point operations of a run, 0 if not counted
 */
record Measurement(
    String group,
    String figure,
    int threads,
    Library library,
    String version,
    String variant,
    double error,
    double median,
    double least,
    double flops) {
  /** The names of the columns. */
  static final String HEADER =
      "group,figure,threads,library,version,variant,error,median_ms,least_ms,flops,gflops";

  /** Operations a second, in thousands of millions; 0 if not counted. */
  double gflops() {
    return flops / (median * 1e6);
  }

  /** The line. */
  String toLine() {
    return String.format(
        Locale.ROOT,
        "%s,%s,%d,%s,%s,%s,%.3g,%.5f,%.5f,%.0f,%.2f",
        group,
        figure,
        threads,
        library,
        version,
        variant,
        error,
        median,
        least,
        flops,
        gflops());
  }

  /** Reads a line. */
  static Measurement of(String line) {
    List<String> cells = List.of(line.split(",", -1));
    return new Measurement(
        cells.get(0),
        cells.get(1),
        Integer.parseInt(cells.get(2)),
        Library.valueOf(cells.get(3)),
        cells.get(4),
        cells.get(5),
        Double.parseDouble(cells.get(6)),
        Double.parseDouble(cells.get(7)),
        Double.parseDouble(cells.get(8)),
        Double.parseDouble(cells.get(9)));
  }
}
