package ornstein.diffusion.data;

import java.util.List;
import java.util.Objects;

/**
 * The first images of a set.
 *
 * @param all the set
 * @param size how many of them
 */
record FirstImages(ImageDataset all, int size) implements ImageDataset {
  FirstImages {
    if (size < 1) {
      throw new IllegalArgumentException("at least 1 image is needed, got " + size);
    }
    size = Math.min(size, all.size());
  }

  @Override
  public int height() {
    return all.height();
  }

  @Override
  public int width() {
    return all.width();
  }

  @Override
  public int channels() {
    return all.channels();
  }

  @Override
  public int classes() {
    return all.classes();
  }

  @Override
  public List<String> classNames() {
    return all.classNames();
  }

  @Override
  public int label(int i) {
    return all.label(Objects.checkIndex(i, size));
  }

  @Override
  public void image(int i, float[] dst, int offset) {
    all.image(Objects.checkIndex(i, size), dst, offset);
  }
}
