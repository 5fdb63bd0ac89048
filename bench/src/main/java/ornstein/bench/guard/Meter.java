package ornstein.bench.guard;

/** Measures figures, each time in a fresh JVM. */
@FunctionalInterface
public interface Meter {
  /**
   * Measures.
   *
   * @param figure what to measure
   * @return the result
   * @throws MeasurementException if the measurement failed
   */
  Measurement measure(Figure figure);
}
