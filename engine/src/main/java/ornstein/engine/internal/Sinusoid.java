package ornstein.engine.internal;

/** Sinusoidal embedding; a few thousand elements per step, so StrictMath serves every back end. */
final class Sinusoid {
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
            float time = t.array()[t.offset() + n];
            int row = y.offset() + n * dim;
            for (int i = 0; i < half; i++) {
              float phase =
                  time * frequency[i]; // rounded to float32 first, as the published networks do
              y.array()[row + i] = (float) StrictMath.cos(phase);
              y.array()[row + half + i] = (float) StrictMath.sin(phase);
            }
            if (dim % 2 == 1) {
              y.array()[row + dim - 1] = 0f;
            }
          }
        });
  }
}
