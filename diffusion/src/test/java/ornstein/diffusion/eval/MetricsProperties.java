package ornstein.diffusion.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import ornstein.diffusion.data.Images;
import ornstein.engine.Rng;
import ornstein.engine.Shape;

/** Row 26: measures of samples on laws whose distance is known. */
final class MetricsProperties {

  private static Features normal(int n, int d, double mean, double deviation, long seed) {
    float[] z = Rng.of(seed).normal(Shape.of(n, d)).toArray();
    double[] x = new double[z.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = mean + deviation * z[i];
    }
    return Features.of(x, d);
  }

  /** Between two normal laws with commuting covariances: Σ (m₁−m₂)² + (√v₁ − √v₂)². */
  @Property
  void theFrechetDistanceOfNormalLawsIsExact(
      @ForAll @DoubleRange(min = -2, max = 2) double m,
      @ForAll @DoubleRange(min = 0.01, max = 4) double v1,
      @ForAll @DoubleRange(min = 0, max = 4) double v2,
      @ForAll @DoubleRange(min = 0, max = 3) double angle) {
    double c = Math.cos(angle);
    double s = Math.sin(angle);
    double[][] a = rotated(v1, 1, c, s);
    double[][] b = rotated(v2, 0.25, c, s);
    double expected = m * m + Math.pow(Math.sqrt(v1) - Math.sqrt(v2), 2) + 0.25;
    double[] zero = {0, 0};
    assertEquals(expected, FrechetDistance.between(zero, a, new double[] {m, 0}, b), 1e-7);
    assertEquals(expected, FrechetDistance.between(new double[] {m, 0}, b, zero, a), 1e-7);
    assertEquals(0, FrechetDistance.between(zero, a, zero, a), 1e-7);
  }

  private static double[][] rotated(double along, double across, double c, double s) {
    return new double[][] {
      {c * c * along + s * s * across, c * s * (along - across)},
      {c * s * (along - across), s * s * along + c * c * across}
    };
  }

  /** Of covariances that do not commute: det, trace of a 2×2 root give the closed form. */
  @Property
  void itIsExactForCovariancesThatDoNotCommute(
      @ForAll @DoubleRange(min = 0.1, max = 2) double p,
      @ForAll @DoubleRange(min = -0.9, max = 0.9) double r) {
    double[][] a = {{p, 0}, {0, 1}};
    double[][] b = {{1, r}, {r, 1}};
    // tr √M = √(tr M + 2 √det M) for 2×2 M = AB, whose eigenvalues are positive.
    double trace = p + 1;
    double det = p * (1 - r * r);
    double expected = p + 1 + 2 - 2 * Math.sqrt(trace + 2 * Math.sqrt(det));
    double[] zero = {0, 0};
    assertEquals(expected, FrechetDistance.between(zero, a, zero, b), 1e-9);
  }

  @Property(tries = 20)
  void measuredSetsAreAtTheDistanceOfTheirLaws(
      @ForAll @DoubleRange(min = -1, max = 1) double m,
      @ForAll @DoubleRange(min = 0.5, max = 2) double deviation,
      @ForAll long seed) {
    Features a = normal(4000, 3, 0, 1, seed);
    Features b = normal(4000, 3, m, deviation, seed + 1);
    double expected = 3 * (m * m + Math.pow(1 - deviation, 2));
    double error = 7 * (2 * Math.abs(m) + 2 * Math.abs(1 - deviation) + 0.1) * 3 / Math.sqrt(4000);
    assertEquals(expected, FrechetDistance.between(a, b), error);
    assertEquals(FrechetDistance.between(a, b), FrechetDistance.between(b, a), 1e-9);
    assertEquals(0, FrechetDistance.between(a, a), 1e-9);
  }

  /** Fewer samples than dimensions: the covariances are singular. */
  @Example
  void singularCovariancesAreNoHindrance() {
    Features a = normal(4, 20, 0, 1, 1);
    // Roots of eigenvalues that are 0 but for rounding, 1e-15 of the largest, of about 20.
    assertEquals(0, FrechetDistance.between(a, a), 2 * 20 * Math.sqrt(20 * 1e-15));
    assertTrue(FrechetDistance.between(a, normal(4, 20, 3, 1, 2)) > 9);
  }

  /** With D = 1: E k = Σ binomials of moments; for N(0,1) and N(m,1) it is 9m² + 9m⁴ … known. */
  @Property(tries = 20, seed = "1") // its law has long tails: any seeds would fail now and then
  void theKernelDistanceIsUnbiased(
      @ForAll @DoubleRange(min = 0, max = 1) double m, @ForAll long seed) {
    double sum = 0;
    double squares = 0;
    int runs = 60;
    for (int i = 0; i < runs; i++) {
      double d =
          KernelDistance.between(
              normal(60, 1, 0, 1, seed + 2L * i), normal(60, 1, m, 1, seed + 2L * i + 1));
      sum += d / runs;
      squares += d * d / runs;
    }
    double error = 6 * Math.sqrt(Math.max(1e-12, squares - sum * sum) / runs);
    // (xy+1)³ = 1 + 3xy + 3x²y² + x³y³: the moments' differences squared, times 3, 3 and 1.
    double third = m * m * m + 3 * m;
    double expected = 3 * m * m + 3 * Math.pow(m, 4) + third * third;
    assertEquals(expected, sum, error + 1e-9);
  }

  /** Within a: 1; within b: (3/3 + 1)³; across: (1/3 + 1)³ and 1, each twice. */
  @Example
  void theKernelDividesByTheDimensions() {
    Features a = Features.of(new double[] {1, 0, 0, 0, 1, 0}, 3);
    Features b = Features.of(new double[] {1, 1, 1, 0, 0, 3}, 3);
    assertEquals(1 + 8 - 2 * (64 / 27.0 + 1) / 2, KernelDistance.between(a, b), 1e-12);
  }

  @Property(tries = 20)
  void theKernelDistanceIsSymmetric(@ForAll long seed) {
    Features a = normal(20, 3, 0, 1, seed);
    Features b = normal(30, 3, 0.5, 2, seed + 1);
    assertEquals(KernelDistance.between(a, b), KernelDistance.between(b, a), 1e-12);
  }

  /** Disjoint subsets: unbiased as each is, and the standard error is that of repeated draws. */
  @Example
  void theStandardErrorOfSubsetsIsTheSpreadOfTheirMeans() {
    int runs = 200;
    double mean = 0;
    double squares = 0;
    double variance = 0;
    for (int i = 0; i < runs; i++) {
      KernelDistance d =
          KernelDistance.overSubsets(normal(100, 2, 0, 1, 2L * i), normal(120, 2, 0, 1, -1 - i), i);
      assertEquals(10, d.subsets());
      assertEquals(10, d.subsetSize());
      mean += d.mean() / runs;
      squares += d.mean() * d.mean() / runs;
      variance += d.standardError() * d.standardError() / runs;
    }
    double spread = squares - mean * mean;
    assertEquals(0, mean, 4 * Math.sqrt(spread / runs)); // the laws are equal
    assertEquals(1, variance / spread, 0.35); // of 200 runs: 0.1 and the tails of cubes
  }

  @Example
  void manySamplesMakeMoreSubsetsNotLargerOnes() {
    KernelDistance d =
        KernelDistance.overSubsets(normal(11_500, 1, 0, 1, 1), normal(12_000, 1, 0, 1, 2), 0);
    assertEquals(11, d.subsets());
    assertEquals(1000, d.subsetSize());
    assertThrows(
        IllegalArgumentException.class,
        () -> KernelDistance.overSubsets(normal(19, 1, 0, 1, 1), normal(30, 1, 0, 1, 2), 0));
  }

  @Property(tries = 20)
  void statisticsDoNotDependOnTheBatchesButForRounding(@ForAll long seed) {
    Features x = normal(50, 4, 1000, 0.5, seed); // far from 0: squares around it would cancel
    FeatureStatistics.Accumulator parts = new FeatureStatistics.Accumulator();
    parts.add(x.select(0));
    parts.add(x.select(IntStream.range(1, 50).toArray()));
    FeatureStatistics a = FeatureStatistics.of(x);
    FeatureStatistics b = parts.statistics();
    assertEquals(50, b.count());
    assertArrayEquals(a.mean(), b.mean(), 1e-10);
    assertArrayEquals(a.covariance(), b.covariance(), 1e-10);
    double variance = 0;
    for (int i = 0; i < 50; i++) {
      variance += Math.pow(x.at(i, 2) - a.mean()[2], 2) / 49;
    }
    assertEquals(variance, a.covariance()[2 * 4 + 2], 1e-10);
    assertEquals(a.covariance()[1], a.covariance()[4]);
    FeatureStatistics read = FeatureStatistics.of(50, a.mean(), a.covariance());
    assertEquals(0, FrechetDistance.between(a, read), 1e-10);
  }

  @Example
  void statisticsThatAreNoneAreRefused() {
    double[] mean = {0, 0};
    assertThrows(IllegalArgumentException.class, () -> FeatureStatistics.of(normal(1, 2, 0, 1, 1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> FeatureStatistics.of(3, mean, new double[] {1, 0, 0, -1}));
    assertThrows(
        IllegalArgumentException.class,
        () -> FeatureStatistics.of(3, mean, new double[] {1, 0, Double.NaN, 1}));
    assertThrows(
        IllegalArgumentException.class, () -> FeatureStatistics.of(3, mean, new double[] {1}));
    FeatureStatistics.Accumulator two = new FeatureStatistics.Accumulator();
    two.add(normal(3, 2, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> two.add(normal(3, 3, 0, 1, 1)));
  }

  @Property
  void theInceptionScoreGoesFromOneToTheClasses(@ForAll @IntRange(min = 1, max = 12) int classes) {
    double[] same = new double[5 * classes];
    double[] clear = new double[classes * classes];
    for (int k = 0; k < classes; k++) {
      for (int i = 0; i < 5; i++) {
        same[i * classes + k] = 1.0 / classes;
      }
      clear[k * classes + k] = 1;
    }
    assertEquals(1, InceptionScore.of(Features.of(same, classes)), 1e-12);
    assertEquals(classes, InceptionScore.of(Features.of(clear, classes)), 1e-9);
  }

  @Property(tries = 20)
  void precisionAndRecallOfEqualAndFarSets(@ForAll long seed) {
    Features a = normal(200, 2, 0, 1, seed);
    assertEquals(new PrecisionRecall(1, 1), PrecisionRecall.of(a, a, 3));
    Features far = normal(200, 2, 50, 1, seed + 1);
    assertEquals(new PrecisionRecall(0, 0), PrecisionRecall.of(a, far, 3));
  }

  /**
   * The third neighbour of a lattice's point lies at distance 1 or beyond, and no place between the
   * points is farther than √½ from all: balls around them leave no gap. The samples keep to the
   * middle fifth of one square, so their own balls, of at most 0.2 √2, reach no point of the
   * lattice, which is at least 0.4 √2 away.
   */
  @Property
  void narrowSamplesArePreciseAndRecallNothing(
      @ForAll long seed, @ForAll @IntRange(min = 4, max = 60) int count) {
    Features lattice = Features.of(lattice(12), 2);
    Random random = new Random(seed);
    Features narrow = Features.of(random.doubles(2L * count, 5.4, 5.6).toArray(), 2);
    assertEquals(new PrecisionRecall(1, 0), PrecisionRecall.of(narrow, lattice, 3));
    assertEquals(new PrecisionRecall(0, 1), PrecisionRecall.of(lattice, narrow, 3));
  }

  private static double[] lattice(int side) {
    double[] points = new double[2 * side * side];
    for (int i = 0; i < side * side; i++) {
      points[2 * i] = Math.floorDiv(i, side);
      points[2 * i + 1] = i % side;
    }
    return points;
  }

  /** Balls up to the second neighbours: [−3, 3], [−1, 3], [0, 6], [1, 13] and [3, 27]. */
  @Example
  void theManifoldReachesToTheNeighbourThatIsAskedFor() {
    Features line = Features.of(new double[] {0, 1, 3, 7, 15}, 1);
    Features samples = Features.of(new double[] {-3.5, -3, 27, 28}, 1);
    // With the first neighbours none of the samples is inside, with the third all.
    assertEquals(new PrecisionRecall(0.5, 1), PrecisionRecall.of(samples, line, 2));
    assertEquals(new PrecisionRecall(0, 0), PrecisionRecall.of(samples, line, 1));
    assertEquals(new PrecisionRecall(1, 1), PrecisionRecall.of(samples, line, 3));
  }

  @Example
  void comparisonsCanBeEnded() {
    Features a = normal(300, 2, 0, 1, 1);
    int[] asked = new int[2];
    assertThrows(
        CancellationException.class, () -> PrecisionRecall.of(a, a, 3, () -> ++asked[0] < 2));
    assertThrows(
        CancellationException.class,
        () -> KernelDistance.overSubsets(a, a, 0, () -> ++asked[1] < 2));
    assertArrayEquals(new int[] {2, 2}, asked);
  }

  @Example
  void copiesAreFound() {
    Features data = normal(50, 4, 0, 1, 1);
    double[] copies = new double[8];
    for (int d = 0; d < 4; d++) {
      copies[d] = data.at(7, d);
      copies[4 + d] = data.at(31, d) + 0.01;
    }
    NearestNeighbours[] found = NearestNeighbours.of(Features.of(copies, 4), data);
    assertEquals(new NearestNeighbours(0, 7, 0, 0), found[0]);
    assertEquals(31, found[1].nearest());
    assertEquals(0.02, found[1].distance(), 1e-12);
    assertTrue(found[1].ratio() < 0.2);
  }

  @Example
  void pixelsAreFeaturesOfEveryImage() {
    Images images = Images.of(Shape.of(2, 1, 2, 1), new byte[] {0, (byte) 255, 51, 0});
    Features x = FeatureExtractor.pixels().of(images).features();
    assertEquals(2, x.count());
    assertEquals(-1, x.at(0, 0));
    assertEquals(1, x.at(0, 1));
    assertEquals(-0.6, x.at(1, 0), 1e-12);
  }

  @Example
  void whatCannotBeComparedIsRefused() {
    Features a = normal(3, 2, 0, 1, 1);
    assertThrows(
        IllegalArgumentException.class, () -> FrechetDistance.between(a, normal(3, 3, 0, 1, 1)));
    assertThrows(
        IllegalArgumentException.class, () -> KernelDistance.between(a, normal(1, 2, 0, 1, 1)));
    assertThrows(IllegalArgumentException.class, () -> PrecisionRecall.of(a, a, 3));
    assertThrows(IllegalArgumentException.class, () -> InceptionScore.of(a));
    assertThrows(IllegalArgumentException.class, () -> Features.of(new double[] {1, 2, 3}, 2));
    assertThrows(
        IllegalArgumentException.class, () -> Features.of(new double[] {1, Double.NaN}, 2));
  }
}
