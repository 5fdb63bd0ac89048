package ornstein.engine.internal;

/** Sinusoidal embedding; a few thousand elements per step, so StrictMath serves every back end. */
final class Sinusoid {
  private static final double TWO_OVER_PI = 2 / Math.PI;
  private static final double HALF_PI = Math.PI / 2;

  /** π/2 less its float64 value. */
  private static final double HALF_PI_REST = 6.123233995736766e-17;

  private Sinusoid() {}

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
      // Reduced here: StrictMath allocates when it reduces an argument itself.
      double turns = Math.rint(phase * TWO_OVER_PI);
      double r = Math.fma(-turns, HALF_PI_REST, Math.fma(-turns, HALF_PI, (double) phase));
      double cos = StrictMath.cos(r);
      double sin = StrictMath.sin(r);
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
