package ornstein.diffusion.eval;

import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.Images;

/** Turns images into the vectors that measures compare. Safe for use by several threads. */
public interface FeatureExtractor {

  /**
   * The features of some images.
   *
   * @param images the images
   * @return a vector for each, all of one length, and what else the same computation gives
   * @throws IllegalArgumentException if the extractor cannot take them
   */
  Extraction of(Images images);

  /**
   * What it is, to be printed beside every figure, such as the file of its network and what is done
   * to images before they enter it.
   *
   * @return a short text of one line
   */
  String description();

  /**
   * Tells it from extractors of other features, for statistics that are kept.
   *
   * @return a text of at most 64 letters and digits
   */
  String digest();

  /**
   * Whether features of reference images are worth keeping in a file. Their statistics are in any
   * case.
   *
   * @return false if reading them takes as long as computing them
   */
  default boolean isCostly() {
    return true;
  }

  /**
   * What an extractor gives.
   *
   * @param features a vector for each image
   * @param probabilities of its classes for each image; null for an extractor that knows none
   */
  record Extraction(Features features, @Nullable Features probabilities) {}

  /**
   * The pixels themselves, in [−1, 1]: crude, but there for images of every kind.
   *
   * @return the extractor
   */
  static FeatureExtractor pixels() {
    return new FeatureExtractor() {
      @Override
      public Extraction of(Images images) {
        byte[] pixels = images.pixels();
        double[] values = new double[pixels.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = (pixels[i] & 0xff) / 127.5 - 1;
        }
        return new Extraction(Features.of(values, pixels.length / images.count()), null);
      }

      @Override
      public String description() {
        return "pixels";
      }

      @Override
      public String digest() {
        return "pixels";
      }

      @Override
      public boolean isCostly() {
        return false;
      }
    };
  }
}
