package ornstein.diffusion.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import ornstein.diffusion.process.SampleMoments;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;

/** Row 21: ways between two noises. */
final class InterpolationProperties {
  private static final int N = 4000;

  private static double[] between(Interpolation way, Shape shape, double u, long seed) {
    Rng rng = Rng.of(seed);
    float[] x = way.between(rng.normal(shape), rng.normal(shape), u).toArray();
    double[] values = new double[x.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = x[i];
    }
    return values;
  }

  @Property(tries = 40)
  void theRotationKeepsTheStandardNormalLaw(
      @ForAll @DoubleRange(min = 0, max = 1) double u, @ForAll long seed) {
    double[] x = between(Interpolation.ROTATION, Shape.of(N, 1), u, seed);
    SampleMoments.of(x).assertNormal(0, 1, 1e-6);
  }

  @Property(tries = 40)
  void theStraightLineShrinksTheVarianceByTheKnownFactor(
      @ForAll @DoubleRange(min = 0, max = 1) double u, @ForAll long seed) {
    double[] x = between(Interpolation.LINEAR, Shape.of(N, 1), u, seed);
    SampleMoments.of(x).assertNormal(0, (1 - u) * (1 - u) + u * u, 1e-6);
  }

  /** In many dimensions two noises are nearly at right angles: the great circle is the rotation. */
  @Property(tries = 20)
  void theGreatCircleKeepsTheLawInManyDimensions(
      @ForAll @DoubleRange(min = 0, max = 1) double u, @ForAll long seed) {
    double[] x = between(Interpolation.SPHERICAL, Shape.of(1, N), u, seed);
    // The angle's cosine is 1/√N off 0, which moves the variance by as much.
    SampleMoments.of(x).assertNormal(0, 1, 7 / Math.sqrt(N));
  }

  @Property(tries = 40)
  void theGreatCircleKeepsTheNormBetweenEqualNorms(
      @ForAll @DoubleRange(min = 0, max = 1) double u,
      @ForAll @DoubleRange(min = 0, max = 3) double angle) {
    Tensor a = Tensor.of(new float[] {2, 0}, 1, 2);
    Tensor b =
        Tensor.of(new float[] {(float) (2 * Math.cos(angle)), (float) (2 * Math.sin(angle))}, 1, 2);
    float[] x = Interpolation.SPHERICAL.between(a, b, u).toArray();
    assertEquals(2, Math.hypot(x[0], x[1]), 1e-5);
    assertEquals(u * angle, Math.atan2(x[1], x[0]), 1e-4);
  }

  @Example
  void eachSampleGoesItsOwnWay() {
    Tensor a = Tensor.of(new float[] {1, 0, 0, 3}, 2, 2);
    Tensor b = Tensor.of(new float[] {0, 1, 0, 3}, 2, 2);
    float[] both = Interpolation.SPHERICAL.between(a, b, 0.5).toArray();
    float half = (float) Math.sqrt(0.5);
    assertArrayEquals(new float[] {half, half, 0, 3}, both, 1e-6f);
  }

  @Property(tries = 20)
  void theEndsAreTheSamplesThemselves(@ForAll Interpolation way, @ForAll long seed) {
    Rng rng = Rng.of(seed);
    Tensor a = rng.normal(Shape.of(3, 5));
    Tensor b = rng.normal(Shape.of(3, 5));
    assertArrayEquals(a.toArray(), way.between(a, b, 0).toArray(), 1e-6f);
    assertArrayEquals(b.toArray(), way.between(a, b, 1).toArray(), 1e-6f);
    assertEquals(way, Interpolation.named(way.name()));
  }

  @Example
  void whatDoesNotFitIsRefused() {
    Tensor a = Tensor.zeros(1, 2);
    assertThrows(
        ShapeException.class, () -> Interpolation.LINEAR.between(a, Tensor.zeros(1, 3), 0.5));
    assertThrows(IllegalArgumentException.class, () -> Interpolation.LINEAR.between(a, a, 1.1));
    assertThrows(IllegalArgumentException.class, () -> Interpolation.named("cubic"));
  }
}
