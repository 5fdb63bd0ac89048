package ornstein.diffusion.scheduler;

import java.util.Arrays;
import ornstein.engine.Tensor;

/** What is done to predictions of clean data. */
sealed interface Clipping {
  Tensor apply(Tensor start);

  /** Reads {@code clip_sample} and its range. */
  static Clipping of(Options options, boolean missing) {
    double range = options.number("clip_sample_range", 1);
    options.require(range > 0, "clip_sample_range", "must be above 0, not " + range);
    return options.flag("clip_sample", missing) ? new Range((float) range) : new None();
  }

  /** Reads {@code thresholding} and its bounds; what is done without it is given. */
  static Clipping thresholdingOr(Clipping otherwise, Options options) {
    double ratio = options.number("dynamic_thresholding_ratio", 0.995);
    double most = options.number("sample_max_value", 1);
    options.require(
        ratio >= 0 && ratio <= 1, "dynamic_thresholding_ratio", "must lie in [0, 1], not " + ratio);
    options.require(most > 0, "sample_max_value", "must be above 0, not " + most);
    return options.flag("thresholding", false)
        ? new Threshold((float) ratio, (float) most)
        : otherwise;
  }

  /** Nothing. */
  record None() implements Clipping {
    @Override
    public Tensor apply(Tensor start) {
      return start;
    }
  }

  /** To ± a number. */
  record Range(float range) implements Clipping {
    @Override
    public Tensor apply(Tensor start) {
      return start.clamp(-range, range);
    }
  }

  /** To a quantile of each sample's own absolute values, and back to ± 1. */
  record Threshold(float ratio, float most) implements Clipping {
    @Override
    public Tensor apply(Tensor start) {
      float[] x = start.toArray();
      int samples = start.shape().dim(0);
      int each = samples == 0 ? 0 : x.length / samples;
      for (int from = 0; from < x.length; from += each) {
        float bound = Math.min(Math.max(quantile(x, from, each), 1), most);
        for (int i = from; i < from + each; i++) {
          x[i] = Math.min(Math.max(x[i], -bound), bound) / bound;
        }
      }
      return Tensor.of(start.shape(), x);
    }

    /** torch.quantile: between neighbours, from the nearer one, in float32 with fused sums. */
    float quantile(float[] x, int from, int count) {
      float[] sizes = new float[count];
      for (int i = 0; i < count; i++) {
        sizes[i] = Math.abs(x[from + i]);
      }
      Arrays.sort(sizes);
      if (Float.isNaN(sizes[count - 1])) {
        return Float.NaN;
      }
      float rank = ratio * (count - 1);
      int low = (int) rank;
      float a = sizes[low];
      float b = sizes[Math.min(low + 1, count - 1)];
      float weight = rank - low;
      return weight < 0.5f ? Math.fma(weight, b - a, a) : Math.fma(a - b, 1 - weight, b);
    }
  }
}
