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
    return start -> start.clamp(-1f, 1f);
  }
}
