package ornstein.diffusion.scheduler;

/**
 * The factors L and U of a small matrix whose rows are permuted, in the order of operations of
 * LAPACK's sgetrf, and what solves a system with them as its sgetrs does.
 */
final class Factors {
  private final float[][] lu;
  private final int[] rows;

  Factors(float[][] matrix) {
    int n = matrix.length;
    this.lu = new float[n][];
    this.rows = new int[n];
    for (int r = 0; r < n; r++) {
      lu[r] = matrix[r].clone();
      rows[r] = r;
    }
    for (int c = 0; c < n; c++) {
      swap(c, pivot(c));
      float reciprocal = 1 / lu[c][c];
      for (int r = c + 1; r < n; r++) {
        lu[r][c] *= reciprocal;
        for (int k = c + 1; k < n; k++) {
          lu[r][k] -= lu[r][c] * lu[c][k];
        }
      }
    }
  }

  private int pivot(int column) {
    int best = column;
    for (int r = column + 1; r < lu.length; r++) {
      if (Math.abs(lu[r][column]) > Math.abs(lu[best][column])) {
        best = r;
      }
    }
    return best;
  }

  private void swap(int a, int b) {
    float[] row = lu[a];
    lu[a] = lu[b];
    lu[b] = row;
    int number = rows[a];
    rows[a] = rows[b];
    rows[b] = number;
  }

  /** x of A x = b. */
  float[] solve(float[] b) {
    int n = lu.length;
    float[] x = new float[n];
    for (int r = 0; r < n; r++) {
      x[r] = b[rows[r]];
      for (int k = 0; k < r; k++) {
        x[r] -= x[k] * lu[r][k];
      }
    }
    for (int r = n - 1; r >= 0; r--) {
      for (int k = n - 1; k > r; k--) {
        x[r] -= x[k] * lu[r][k];
      }
      x[r] /= lu[r][r];
    }
    return x;
  }

  /** x of Aᵀ x = b. */
  float[] solveTransposed(float[] b) {
    int n = lu.length;
    float[] y = b.clone();
    for (int r = 0; r < n; r++) {
      for (int k = 0; k < r; k++) {
        y[r] -= lu[k][r] * y[k];
      }
      y[r] /= lu[r][r];
    }
    float[] x = new float[n];
    for (int r = n - 1; r >= 0; r--) {
      for (int k = r + 1; k < n; k++) {
        y[r] -= lu[k][r] * y[k];
      }
      x[rows[r]] = y[r];
    }
    return x;
  }
}
