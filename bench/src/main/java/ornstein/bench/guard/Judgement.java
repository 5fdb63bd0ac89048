package ornstein.bench.guard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A figure, what was measured and what it is compared with.
 *
 * @param figure the figure
 * @param measurements in order, each from a JVM of its own, at least one
 * @param recorded the recorded ratio, or empty if there is none
 */
public record Judgement(Figure figure, List<Measurement> measurements, OptionalDouble recorded) {
  /** A figure has fallen short if it lost more than this fraction of its ratio. */
  public static final double TOLERANCE = 0.2;

  /**
   * Checks that something was measured.
   *
   * @throws IllegalArgumentException if there is no measurement
   */
  public Judgement {
    measurements = List.copyOf(measurements);
    if (measurements.isEmpty()) {
      throw new IllegalArgumentException(figure.name() + " was not measured");
    }
  }

  /**
   * The same with one more measurement.
   *
   * @param another the measurement, from another JVM
   * @return the changed judgement
   */
  public Judgement and(Measurement another) {
    List<Measurement> all = new ArrayList<>(measurements);
    all.add(another);
    return new Judgement(figure, all, recorded);
  }

  /**
   * The measurement that counts.
   *
   * @return the one of the highest ratio
   */
  public Measurement best() {
    return measurements.stream().max(Comparator.comparingDouble(Measurement::ratio)).orElseThrow();
  }

  /**
   * How far the best ratio is from the recorded one, as a fraction of that.
   *
   * @return below 0 if it fell; empty if there is no record
   */
  public OptionalDouble change() {
    return recorded.isPresent()
        ? OptionalDouble.of(best().ratio() / recorded.getAsDouble() - 1)
        : OptionalDouble.empty();
  }

  /**
   * Whether even the best ratio is more than {@link #TOLERANCE} below the recorded one.
   *
   * @return false also if there is no record
   */
  public boolean isShort() {
    return recorded.isPresent() && best().ratio() < (1 - TOLERANCE) * recorded.getAsDouble();
  }

  /**
   * Whether the figure fell: it is short, also of what this host reaches in general, and not
   * because other programs kept the cores busy in all measurements.
   *
   * @param host what share of the recorded ratios this host reaches in general, in (0, 1]
   * @return false also if there is no record
   */
  public boolean fell(double host) {
    return isShort()
        && best().ratio() < (1 - TOLERANCE) * host * recorded.getAsDouble()
        && measurements.stream().anyMatch(Measurement::undisturbed);
  }

  /**
   * Whether the figure gained more than {@link #TOLERANCE}, so that the record is out of date.
   *
   * @return false also if there is no record
   */
  public boolean rose() {
    return change().orElse(0) > TOLERANCE;
  }
}
