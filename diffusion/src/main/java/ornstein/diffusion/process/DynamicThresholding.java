package ornstein.diffusion.process;

import java.util.Arrays;
import ornstein.engine.Tensor;

/**
 * Clips each sample to a quantile of its own absolute values and brings it back to [−1, 1].
 *
 * @param ratio the quantile's share
 * @param most the largest bound
 */
record DynamicThresholding(double ratio, double most) implements Thresholding {
  DynamicThresholding {
    if (!(ratio > 0 && ratio <= 1 && most >= 1)) {
      throw new IllegalArgumentException(
          "dynamic thresholding needs a ratio in (0, 1] and a bound of at least 1, got "
              + ratio
              + " and "
              + most);
    }
  }

  @Override
  public Tensor apply(Tensor start) {
    float[] x = start.toArray();
    int samples = start.shape().dim(0);
    int each = samples == 0 ? 0 : x.length / samples;
    for (int from = 0; from < x.length; from += each) {
      float bound = (float) Math.clamp(quantile(x, from, each), 1.0, most);
      for (int i = from; i < from + each; i++) {
        x[i] = Math.clamp(x[i], -bound, bound) / bound;
      }
    }
    return Tensor.of(start.shape(), x);
  }

  /** Between neighbours it is interpolated, as torch.quantile does. */
  private double quantile(float[] x, int from, int count) {
    float[] sizes = new float[count];
    for (int i = 0; i < count; i++) {
      sizes[i] = Math.abs(x[from + i]);
    }
    Arrays.sort(sizes);
    double place = ratio * (count - 1);
    int below = (int) place;
    int above = Math.min(count - 1, below + 1);
    return sizes[below] + (place - below) * (sizes[above] - sizes[below]);
  }
}
