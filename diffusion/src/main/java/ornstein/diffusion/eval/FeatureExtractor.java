package ornstein.diffusion.eval;

import ornstein.diffusion.data.Images;

/** Turns images into the vectors that measures compare. */
@FunctionalInterface
public interface FeatureExtractor {

  /**
   * The features of some images.
   *
   * @param images the images
   * @return a vector for each, all of one length
   */
  Features of(Images images);

  /**
   * The pixels themselves, in [−1, 1]: crude, but there for images of every kind.
   *
   * @return the extractor
   */
  static FeatureExtractor pixels() {
    return images -> {
      byte[] pixels = images.pixels();
      double[] values = new double[pixels.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (pixels[i] & 0xff) / 127.5 - 1;
      }
      return Features.of(values, pixels.length / images.count());
    };
  }
}
