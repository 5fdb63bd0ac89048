package ornstein.nn.keras;

import java.util.List;

/**
 * Everything that defines a network but its weights.
 *
 * @param design which of the two it is
 * @param channels channels of the images, at least 1
 * @param height height of the images, which says how often they are halved
 * @param width width of the images
 * @param embeddingSize length of the embedding of time, which {@code multiples} multiply; a
 *     multiple of 32; 128 in the scripts
 * @param multiples channels of each level as multiples of the embedding size; 1, 1, 2, 2, 4, 4 in
 *     the scripts
 * @param blocks residual blocks of a level, at least 1; 2 in the scripts
 * @param minPixel the first design halves images whose shorter side is above this; 4 in the script
 * @param timesteps timesteps T, rows of the first design's learned table
 */
public record KerasUNetConfig(
    Design design,
    int channels,
    int height,
    int width,
    int embeddingSize,
    List<Integer> multiples,
    int blocks,
    int minPixel,
    int timesteps) {

  /** The scripts' designs. */
  public enum Design {
    /** {@code ddpm.py}: skip connections are added, time is a learned table, norms come last. */
    ADDITIVE,
    /** {@code ddpm2.py}: skip connections are concatenated, time is sines, norms come first. */
    CONCATENATED
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of its range, or the levels do not divide the
   *     image
   */
  public KerasUNetConfig {
    multiples = List.copyOf(multiples);
    boolean positive =
        channels >= 1 && embeddingSize >= 1 && blocks >= 1 && minPixel >= 1 && timesteps >= 1;
    if (!positive || multiples.isEmpty() || multiples.stream().anyMatch(m -> m < 1)) {
      throw new IllegalArgumentException(
          "channels, embedding size, blocks, multiples, least side and timesteps must be at least"
              + " 1");
    }
    int h = height;
    int w = width;
    for (int level = 0; level < multiples.size(); level++) {
      if (halves(design, multiples.size(), level, h, w, minPixel)) {
        if (h % 2 != 0 || w % 2 != 0) {
          throw new IllegalArgumentException(
              "images of "
                  + height
                  + "x"
                  + width
                  + " become odd, "
                  + h
                  + "x"
                  + w
                  + ", at level "
                  + level
                  + "; choose another size or fewer levels");
        }
        h /= 2;
        w /= 2;
      }
    }
  }

  private static boolean halves(
      Design design, int levels, int level, int height, int width, int minPixel) {
    return design == Design.ADDITIVE ? Math.min(height, width) > minPixel : level < levels - 1;
  }

  /** How many levels halve the image: the first ones. */
  int halvings() {
    int count = 0;
    int h = height;
    int w = width;
    for (int level = 0; level < multiples.size(); level++) {
      if (halves(design, multiples.size(), level, h, w, minPixel)) {
        count++;
        h /= 2;
        w /= 2;
      }
    }
    return count;
  }
}
