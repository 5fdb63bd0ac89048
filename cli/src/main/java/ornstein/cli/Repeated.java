package ornstein.cli;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A figure measured again and again, each time from other noise or of another image.
 *
 * @param values what was found, at least once, finite
 */
record Repeated(List<Double> values) {
  /** How often equal figures may be called different. */
  private static final double LEVEL = 0.05;

  Repeated {
    if (values.isEmpty() || !values.stream().allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("finite measurements are needed, got " + values);
    }
    values = List.copyOf(values);
  }

  /** The mean. */
  double mean() {
    return values.stream().mapToDouble(v -> v).average().orElseThrow();
  }

  /** The standard error of the mean; NaN if it was measured once. */
  double standardError() {
    int n = values.size();
    if (n == 1) {
      return Double.NaN;
    }
    double mean = mean();
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (n - 1) / n);
  }

  /**
   * The differences from another figure, each from the same noise: what both owe to the noise
   * cancels.
   *
   * @param other measured as often
   */
  Repeated minus(Repeated other) {
    if (other.values.size() != values.size()) {
      throw new IllegalArgumentException(
          "measured " + values.size() + " and " + other.values.size() + " times");
    }
    return new Repeated(
        IntStream.range(0, values.size())
            .mapToObj(i -> values.get(i) - other.values.get(i))
            .toList());
  }

  /**
   * Whether this figure is below another, by Student's test of paired differences.
   *
   * @param other measured from the same noise, or of the same images, as often
   * @param comparisons how many such questions are asked for one claim; the more, the surer each
   *     answer must be (Bonferroni)
   * @return held or not if equal figures would differ so much in this direction in fewer than 5 %
   *     of cases; not decided otherwise, and always if both were measured once
   */
  ReproducedTable.Verdict isLessThan(Repeated other, int comparisons) {
    Repeated difference = minus(other);
    double mean = difference.mean();
    double error = difference.standardError();
    double t = error == 0 && mean != 0 ? Double.POSITIVE_INFINITY : Math.abs(mean) / error;
    // Not less also for the NaN of one measurement.
    if (!(tail(t, values.size() - 1) < LEVEL / comparisons)) {
      return ReproducedTable.Verdict.NOT_DECIDED;
    }
    return ReproducedTable.Verdict.of(mean < 0);
  }

  /**
   * The chance that Student's t exceeds a value (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
   *
   * @param t the value, at least 0
   * @param freedom degrees of freedom
   * @return from 0 to ½; NaN without freedom
   */
  static double tail(double t, int freedom) {
    if (freedom < 1) {
      return Double.NaN;
    }
    double angle = Math.atan(t / Math.sqrt(freedom));
    double square = Math.cos(angle) * Math.cos(angle);
    boolean odd = freedom % 2 == 1;
    double term = odd ? Math.cos(angle) : 1;
    double sum = freedom == 1 ? 0 : term;
    for (int i = odd ? 3 : 2; i < freedom; i += 2) {
      term *= square * (i - 1) / i;
      sum += term;
    }
    double within = odd ? 2 / Math.PI * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
    return (1 - within) / 2;
  }
}
