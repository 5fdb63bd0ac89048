package ornstein.bench;

import java.util.List;
import java.util.Objects;
import ornstein.diffusion.data.ImageDataset;
import ornstein.engine.Rng;
import ornstein.engine.Shape;

/**
 * Unlabelled images of noise: for the time of a step, what is in the images makes no difference.
 *
 * @param height rows
 * @param width columns
 * @param channels 1 to 4
 */
record NoiseImages(int height, int width, int channels) implements ImageDataset {
  private static final int IMAGES = 256;

  @Override
  public int size() {
    return IMAGES;
  }

  @Override
  public int classes() {
    return 0;
  }

  @Override
  public List<String> classNames() {
    return List.of();
  }

  @Override
  public int label(int i) {
    Objects.checkIndex(i, IMAGES);
    return -1;
  }

  @Override
  public void image(int i, float[] dst, int offset) {
    Objects.checkIndex(i, IMAGES);
    float[] noise = Rng.of(i).normal(Shape.of(imageSize())).toArray();
    System.arraycopy(noise, 0, dst, offset, noise.length);
  }
}
