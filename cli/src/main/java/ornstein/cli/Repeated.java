package ornstein.cli;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A figure measured again and again, each time from other noise.
 *
 * @param values what was found, at least once
 */
record Repeated(List<Double> values) {
  Repeated {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
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
   * Whether this figure is below another.
   *
   * @param other measured from the same noise as often
   * @return held or not if the difference is more than two of its standard errors, or if there was
   *     one measurement only; not decided otherwise
   */
  ReproducedTable.Verdict isLessThan(Repeated other) {
    Repeated difference = minus(other);
    double error = difference.standardError();
    if (Math.abs(difference.mean()) <= 2 * error) { // false for NaN
      return ReproducedTable.Verdict.NOT_DECIDED;
    }
    return ReproducedTable.Verdict.of(difference.mean() < 0);
  }
}
