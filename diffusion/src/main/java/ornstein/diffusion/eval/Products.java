package ornstein.diffusion.eval;

/** Sums over the features of two vectors, in four running sums so that none waits for the last. */
final class Products {
  private Products() {}

  /** Σ a·b over n values from the given places. */
  static double dot(double[] a, int i, double[] b, int j, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 3 < n; k += 4) {
      s0 += a[i + k] * b[j + k];
      s1 += a[i + k + 1] * b[j + k + 1];
      s2 += a[i + k + 2] * b[j + k + 2];
      s3 += a[i + k + 3] * b[j + k + 3];
    }
    for (; k < n; k++) {
      s0 += a[i + k] * b[j + k];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Σ (a − b)² over n values from the given places. */
  static double squaredDistance(double[] a, int i, double[] b, int j, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 3 < n; k += 4) {
      double d0 = a[i + k] - b[j + k];
      double d1 = a[i + k + 1] - b[j + k + 1];
      double d2 = a[i + k + 2] - b[j + k + 2];
      double d3 = a[i + k + 3] - b[j + k + 3];
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; k < n; k++) {
      double d = a[i + k] - b[j + k];
      s0 += d * d;
    }
    return (s0 + s1) + (s2 + s3);
  }
}
