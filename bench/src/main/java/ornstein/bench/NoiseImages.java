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
 * @param noise the images one after the other, drawn beforehand: a step's time and memory are its
 *     own
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record NoiseImages(int height, int width, int channels, float[] noise) implements ImageDataset {
  private static final int IMAGES = 256;

  NoiseImages(int height, int width, int channels) {
    this(
        height,
        width,
        channels,
        Rng.of(0).normal(Shape.of(IMAGES, height, width, channels)).toArray());
  }

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
    System.arraycopy(noise, i * imageSize(), dst, offset, imageSize());
  }
}
