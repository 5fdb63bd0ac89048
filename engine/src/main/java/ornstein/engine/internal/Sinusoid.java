package ornstein.engine.internal;

/**
 * Sinusoidal embedding, in float64 on every back end: it is a few thousand elements in a step. Sine
 * and cosine are Taylor's polynomials, because StrictMath's allocate.
 */
final class Sinusoid {
  private static final double TWO_OVER_PI = 2 / Math.PI;
  private static final double HALF_PI = Math.PI / 2;

  /** π/2 less its float64 value. */
  private static final double HALF_PI_REST = 6.123233995736766e-17;

  /** 1/n! with alternating signs, for n = 3, 5 … 17; what is left out is below 10⁻¹⁸. */
  private static final double[] SINE = series(3);

  /** Likewise for n = 2, 4 … 16. */
  private static final double[] COSINE = series(2);

  private Sinusoid() {}

  private static double[] series(int first) {
    double[] terms = new double[8];
    double factorial = first == 2 ? 2 : 6;
    for (int i = 0; i < terms.length; i++) {
      terms[i] = (i % 2 == 0 ? -1 : 1) / factorial;
      int n = first + 2 * i;
      factorial *= (n + 1.0) * (n + 2.0);
    }
    return terms;
  }

  private static double polynomial(double[] terms, double square) {
    double sum = 0;
    for (int i = terms.length - 1; i >= 0; i--) {
      sum = Math.fma(sum, square, terms[i]);
    }
    return sum;
  }

  static void embed(Launcher launcher, int dim, float maxPeriod, HeapBuffer t, HeapBuffer y) {
    int half = dim / 2;
    float[] frequency = new float[half];
    for (int i = 0; i < half; i++) {
      frequency[i] = (float) StrictMath.exp(-StrictMath.log(maxPeriod) * i / half);
    }
    launcher.run(
        t.size(),
        64,
        (slot, from, to) -> {
          for (int n = from; n < to; n++) {
            row(t.array()[t.offset() + n], frequency, dim, y.array(), y.offset() + n * dim);
          }
        });
  }

  private static void row(float time, float[] frequency, int dim, float[] y, int row) {
    int half = frequency.length;
    for (int i = 0; i < half; i++) {
      float phase = time * frequency[i]; // rounded to float32 first, as the published networks do
      double turns = Math.rint(phase * TWO_OVER_PI);
      double r = Math.fma(-turns, HALF_PI_REST, Math.fma(-turns, HALF_PI, (double) phase));
      double square = r * r;
      double cos = Math.fma(square, polynomial(COSINE, square), 1);
      double sin = Math.fma(r * square, polynomial(SINE, square), r);
      long quarter = (long) turns & 3;
      boolean odd = (quarter & 1) != 0;
      double c = odd ? sin : cos;
      double s = odd ? cos : sin;
      y[row + i] = (float) (quarter == 1 || quarter == 2 ? -c : c);
      y[row + half + i] = (float) (quarter >= 2 ? -s : s);
    }
    if (dim % 2 == 1) {
      y[row + dim - 1] = 0f;
    }
  }
}
