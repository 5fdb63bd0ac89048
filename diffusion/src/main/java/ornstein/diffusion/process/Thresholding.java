package ornstein.diffusion.process;

import ornstein.engine.Tensor;

/** What is done to a prediction of clean data that leaves the range of the data. */
@FunctionalInterface
public interface Thresholding {

  /**
   * Limits a prediction.
   *
   * @param start x̂<sub>0</sub>, [N, …]
   * @return the limited prediction, of the same shape
   */
  Tensor apply(Tensor start);

  /**
   * Leaves predictions as they are: for data without bounds, and to invert a sampler.
   *
   * @return the thresholding
   */
  static Thresholding none() {
    return start -> start;
  }

  /**
   * Clips to [−1, 1], the range of image data.
   *
   * @return the thresholding
   */
  static Thresholding clip() {
    return clip(1);
  }

  /**
   * Clips to [−range, range].
   *
   * @param range the bound, above 0
   * @return the thresholding; equal for equal ranges
   * @throws IllegalArgumentException if the range is not above 0
   */
  static Thresholding clip(double range) {
    return new Clip(range);
  }

  /**
   * Dynamic thresholding: each sample is clipped to a quantile s of its absolute values, where that
   * exceeds 1, and divided by s (Saharia et al. 2022, "Imagen", section 2.3).
   *
   * @param ratio the quantile's share, in (0, 1]; 0.995 in diffusers
   * @param most the largest s, at least 1
   * @return the thresholding; equal for equal numbers. It reads values, so that steps with it are
   *     not recorded
   * @throws IllegalArgumentException if a number is out of its range
   */
  static Thresholding dynamic(double ratio, double most) {
    return new DynamicThresholding(ratio, most);
  }

  /**
   * Clips to a range.
   *
   * @param range the bound, above 0
   */
  record Clip(double range) implements Thresholding {

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if the range is not above 0
     */
    public Clip {
      if (!(range > 0)) {
        throw new IllegalArgumentException("the range to clip to must be above 0, got " + range);
      }
    }

    @Override
    public Tensor apply(Tensor start) {
      return start.clamp((float) -range, (float) range);
    }
  }
}
