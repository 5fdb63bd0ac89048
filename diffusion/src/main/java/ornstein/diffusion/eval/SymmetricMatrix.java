package ornstein.diffusion.eval;

import java.util.stream.IntStream;

/** Eigenvalues and factors of symmetric matrices, each an array of rows. */
final class SymmetricMatrix {
  private static final int MOST_ITERATIONS = 100;

  /** Below this many rows threads cost more than they bring. */
  private static final int SHARED_ROWS = 128;

  private static final double EPSILON = 0x1p-52;

  private SymmetricMatrix() {}

  /**
   * The eigenvalues of a symmetric matrix: Householder's reduction to three diagonals (Golub and
   * Van Loan, "Matrix Computations", section 8.3.1), then implicit QL steps (section 8.3.5;
   * Dubrulle 1970).
   *
   * @param a the matrix, overwritten; only what is on and below the diagonal is read
   * @return its eigenvalues in no order
   * @throws ArithmeticException if the iteration does not converge, as with values that are not
   *     finite
   */
  static double[] eigenvalues(double[][] a) {
    int n = a.length;
    double[] diagonal = new double[n];
    double[] beside = new double[n];
    for (int m = n; m >= 2; m--) {
      diagonal[m - 1] = a[m - 1][m - 1];
      beside[m - 2] = eliminate(a, m - 1);
    }
    if (n > 0) {
      diagonal[0] = a[0][0];
    }
    implicitQl(diagonal, beside);
    return diagonal;
  }

  /** Makes row m zero left of its neighbour below the diagonal; returns that neighbour. */
  private static double eliminate(double[][] a, int m) {
    double[] v = new double[m];
    double scale = 0;
    for (int k = 0; k < m; k++) {
      v[k] = a[m][k];
      scale = Math.max(scale, Math.abs(v[k]));
    }
    if (scale == 0) {
      return 0;
    }
    double squares = 0;
    for (int k = 0; k < m; k++) {
      v[k] /= scale;
      squares += v[k] * v[k];
    }
    double last = v[m - 1];
    double alpha = last > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    double half = squares - alpha * last; // half of ‖v‖² once v's last is reduced by alpha
    v[m - 1] = last - alpha;
    if (half == 0) {
      return last * scale;
    }
    double[] p = product(a, v, m);
    double along = 0;
    for (int k = 0; k < m; k++) {
      p[k] /= half;
      along += p[k] * v[k];
    }
    for (int k = 0; k < m; k++) {
      p[k] -= along / (2 * half) * v[k];
    }
    rows(m)
        .forEach(
            i -> {
              double[] row = a[i];
              double vi = v[i];
              double pi = p[i];
              for (int k = 0; k <= i; k++) {
                row[k] -= vi * p[k] + pi * v[k];
              }
            });
    return alpha * scale;
  }

  /** The product of the leading rows, of which the lower half is known, with a vector. */
  private static double[] product(double[][] a, double[] v, int m) {
    double[] p = new double[m];
    for (int i = 0; i < m; i++) {
      double[] row = a[i];
      double vi = v[i];
      double sum0 = 0;
      double sum1 = 0;
      int k = 0;
      for (; k + 1 < i; k += 2) {
        sum0 += row[k] * v[k];
        sum1 += row[k + 1] * v[k + 1];
        p[k] += row[k] * vi;
        p[k + 1] += row[k + 1] * vi;
      }
      for (; k < i; k++) {
        sum0 += row[k] * v[k];
        p[k] += row[k] * vi;
      }
      p[i] += sum0 + sum1 + row[i] * vi;
    }
    return p;
  }

  /** Diagonalises; beside[i] lies between diagonal[i] and diagonal[i + 1]. */
  private static void implicitQl(double[] diagonal, double[] beside) {
    int n = diagonal.length;
    for (int first = 0; first < n; first++) {
      for (int iteration = 0; ; iteration++) {
        int end = first;
        while (end < n - 1
            && Math.abs(beside[end])
                > EPSILON * (Math.abs(diagonal[end]) + Math.abs(diagonal[end + 1]))) {
          end++;
        }
        if (end == first) {
          break;
        }
        if (iteration == MOST_ITERATIONS) {
          throw new ArithmeticException("the eigenvalues of a matrix were not found");
        }
        step(diagonal, beside, first, end);
      }
    }
  }

  private static void step(double[] diagonal, double[] beside, int first, int end) {
    double g = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
    double r = Math.sqrt(g * g + 1);
    g = diagonal[end] - diagonal[first] + beside[first] / (g + Math.copySign(r, g));
    double s = 1;
    double c = 1;
    double shift = 0;
    for (int i = end - 1; i >= first; i--) {
      double f = s * beside[i];
      double b = c * beside[i];
      r = length(f, g);
      beside[i + 1] = r;
      if (r == 0) {
        diagonal[i + 1] -= shift;
        beside[end] = 0;
        return;
      }
      s = f / r;
      c = g / r;
      g = diagonal[i + 1] - shift;
      r = (diagonal[i] - g) * s + 2 * c * b;
      shift = s * r;
      diagonal[i + 1] = g + shift;
      g = c * r - b;
    }
    diagonal[first] -= shift;
    beside[first] = g;
    beside[end] = 0;
  }

  /** √(a² + b²) without overflow. */
  private static double length(double a, double b) {
    double large = Math.max(Math.abs(a), Math.abs(b));
    if (large == 0) {
      return 0;
    }
    double small = Math.min(Math.abs(a), Math.abs(b)) / large;
    return large * Math.sqrt(1 + small * small);
  }

  /**
   * A factor of a positive semidefinite matrix, A = RᵀR, by Cholesky's decomposition with diagonal
   * pivots (Golub and Van Loan, section 4.2.8): it has as many rows as the matrix has rank, up to
   * rounding.
   *
   * @param matrix the matrix, unchanged
   * @return R, rows of as many values as A has columns; no rows for a matrix of zeros
   */
  static double[][] factor(double[][] matrix) {
    int n = matrix.length;
    double[][] r = new double[n][];
    double[] left = new double[n];
    double largest = 0;
    for (int i = 0; i < n; i++) {
      left[i] = matrix[i][i];
      largest = Math.max(largest, left[i]);
    }
    int rank = 0;
    while (rank < n) {
      int pivot = 0;
      for (int i = 1; i < n; i++) {
        pivot = left[i] > left[pivot] ? i : pivot;
      }
      if (!(left[pivot] > n * EPSILON * largest)) {
        break;
      }
      double[] row = matrix[pivot].clone();
      for (int k = 0; k < rank; k++) {
        subtract(row, r[k], r[k][pivot]);
      }
      double root = Math.sqrt(left[pivot]);
      for (int i = 0; i < n; i++) {
        row[i] = left[i] == 0 ? 0 : row[i] / root; // what was a pivot has nothing left
        left[i] = Math.max(0, left[i] - row[i] * row[i]);
      }
      row[pivot] = root;
      left[pivot] = 0;
      r[rank++] = row;
    }
    double[][] factor = new double[rank][];
    System.arraycopy(r, 0, factor, 0, rank);
    return factor;
  }

  private static void subtract(double[] row, double[] other, double factor) {
    for (int i = 0; i < row.length; i++) {
      row[i] -= factor * other[i];
    }
  }

  /**
   * R A Rᵀ of a symmetric A.
   *
   * @param r rows as long as A's
   * @param a the matrix
   * @return a symmetric matrix of as many rows as R
   */
  static double[][] congruent(double[][] r, double[][] a) {
    int n = a.length;
    double[][] result = new double[r.length][r.length];
    rows(r.length)
        .forEach(
            i -> {
              double[] ra = new double[n];
              for (int k = 0; k < n; k++) {
                if (r[i][k] != 0) {
                  subtract(ra, a[k], -r[i][k]);
                }
              }
              for (int j = 0; j <= i; j++) {
                double sum = Products.dot(ra, 0, r[j], 0, n);
                result[i][j] = sum;
              }
            });
    for (int i = 0; i < r.length; i++) {
      for (int j = 0; j < i; j++) {
        result[j][i] = result[i][j];
      }
    }
    return result;
  }

  /** Rows to be computed in any order, each on its own. */
  private static IntStream rows(int count) {
    IntStream rows = IntStream.range(0, count);
    return count < SHARED_ROWS ? rows : rows.parallel();
  }
}
