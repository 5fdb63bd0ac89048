package ornstein.diffusion.eval;

/** Eigenvalues and square roots of symmetric matrices, by Jacobi's rotations. */
final class SymmetricMatrix {
  private static final int MOST_SWEEPS = 60;

  private SymmetricMatrix() {}

  /**
   * Diagonalises a matrix.
   *
   * @param a a symmetric matrix, overwritten: its eigenvalues stay on the diagonal
   * @return the eigenvectors, in columns
   */
  static double[][] diagonalize(double[][] a) {
    int n = a.length;
    double[][] v = new double[n][n];
    for (int i = 0; i < n; i++) {
      v[i][i] = 1;
    }
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      double off = 0;
      double all = 0;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          all += a[i][j] * a[i][j];
          off += i == j ? 0 : a[i][j] * a[i][j];
        }
      }
      if (off <= 1e-30 * all) {
        return v;
      }
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          if (a[p][q] != 0) {
            rotate(a, v, p, q);
          }
        }
      }
    }
    return v;
  }

  /** Makes a[p][q] zero (Golub and Van Loan, "Matrix Computations", section 8.5). */
  private static void rotate(double[][] a, double[][] v, int p, int q) {
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    int n = a.length;
    for (int k = 0; k < n; k++) {
      double kp = a[k][p];
      double kq = a[k][q];
      a[k][p] = c * kp - s * kq;
      a[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < n; k++) {
      double pk = a[p][k];
      double qk = a[q][k];
      a[p][k] = c * pk - s * qk;
      a[q][k] = s * pk + c * qk;
      double vp = v[k][p];
      double vq = v[k][q];
      v[k][p] = c * vp - s * vq;
      v[k][q] = s * vp + c * vq;
    }
  }

  /** The positive root of a positive semidefinite matrix; rounding below 0 counts as 0. */
  static double[][] root(double[][] matrix) {
    double[][] a = copy(matrix);
    double[][] v = diagonalize(a);
    int n = a.length;
    double[][] root = new double[n][n];
    for (int k = 0; k < n; k++) {
      double r = Math.sqrt(Math.max(0, a[k][k]));
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          root[i][j] += v[i][k] * r * v[j][k];
        }
      }
    }
    return root;
  }

  static double[][] multiply(double[][] a, double[][] b) {
    int n = a.length;
    double[][] c = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        double aik = a[i][k];
        for (int j = 0; j < n; j++) {
          c[i][j] += aik * b[k][j];
        }
      }
    }
    return c;
  }

  private static double[][] copy(double[][] a) {
    double[][] b = new double[a.length][];
    for (int i = 0; i < b.length; i++) {
      b[i] = a[i].clone();
    }
    return b;
  }
}
