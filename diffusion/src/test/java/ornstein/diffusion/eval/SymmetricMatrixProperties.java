package ornstein.diffusion.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import ornstein.engine.Rng;
import ornstein.engine.Shape;

final class SymmetricMatrixProperties {

  private static double[][] normal(int rows, int columns, long seed) {
    float[] z = Rng.of(seed).normal(Shape.of(rows, columns)).toArray();
    double[][] x = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        x[i][j] = z[i * columns + j];
      }
    }
    return x;
  }

  /** H D H with the reflection H = 1 − 2 v vᵀ / vᵀv has the eigenvalues of D. */
  private static double[][] withSpectrum(double[] spectrum, long seed) {
    int n = spectrum.length;
    double[] v = normal(1, n, seed)[0];
    double squares = Arrays.stream(v).map(x -> x * x).sum();
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++) {
          double left = (i == k ? 1 : 0) - 2 * v[i] * v[k] / squares;
          double right = (j == k ? 1 : 0) - 2 * v[j] * v[k] / squares;
          a[i][j] += left * spectrum[k] * right;
        }
      }
    }
    return a;
  }

  @Property(tries = 60)
  void eigenvaluesAreThoseOfTheSpectrum(
      @ForAll @IntRange(min = 1, max = 40) int n, @ForAll long seed) {
    double[] spectrum = normal(1, n, seed)[0];
    for (int i = 1; i < n; i += 3) {
      spectrum[i] = spectrum[0]; // several times the same
    }
    double[] found = SymmetricMatrix.eigenvalues(withSpectrum(spectrum, seed + 1));
    Arrays.sort(spectrum);
    Arrays.sort(found);
    assertArrayEquals(spectrum, found, 1e-13 * n);
  }

  /** The second difference on n points: 2 − 2 cos(πk/(n+1)); large enough for threads. */
  @Example
  void eigenvaluesOfTheSecondDifferenceAreKnown() {
    int n = 300;
    double[][] a = new double[n][n];
    double[] expected = new double[n];
    for (int i = 0; i < n; i++) {
      a[i][i] = 2;
      if (i > 0) {
        a[i][i - 1] = -1;
        a[i - 1][i] = -1;
      }
      expected[i] = 2 - 2 * Math.cos(Math.PI * (i + 1) / (n + 1));
    }
    double[] found = SymmetricMatrix.eigenvalues(a);
    Arrays.sort(found);
    assertArrayEquals(expected, found, 1e-12);
  }

  @Property(tries = 40)
  void factorsGiveTheMatrixAndItsRank(
      @ForAll @IntRange(min = 1, max = 30) int n,
      @ForAll @IntRange(min = 0, max = 30) int rank,
      @ForAll long seed) {
    double[][] x = normal(Math.max(1, rank), n, seed);
    double[][] a = new double[n][n];
    double largest = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < rank; k++) {
          a[i][j] += x[k][i] * x[k][j];
        }
      }
      largest = Math.max(largest, a[i][i]);
    }
    double[][] r = SymmetricMatrix.factor(a);
    assertEquals(Math.min(rank, n), r.length);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (double[] row : r) {
          sum += row[i] * row[j];
        }
        assertEquals(a[i][j], sum, 1e-13 * n * (largest + 1));
      }
    }
  }
}
