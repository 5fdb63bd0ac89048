package ornstein.diffusion.data;

import java.util.Arrays;
import java.util.Objects;

/** Some of the images of a set. */
final class ImageSubset implements ImageView {
  private final ImageDataset all;
  private final int[] indices;

  ImageSubset(ImageDataset all, int... indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("at least 1 image is needed, got 0");
    }
    for (int index : indices) {
      Objects.checkIndex(index, all.size());
    }
    this.all = all;
    this.indices = indices.clone();
  }

  @Override
  public ImageDataset all() {
    return all;
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public int label(int i) {
    return all.label(index(i));
  }

  @Override
  public void image(int i, float[] dst, int offset) {
    all.image(index(i), dst, offset);
  }

  @Override
  public void images(int[] positions, float[] dst) {
    all.images(indices(positions), dst);
  }

  @Override
  public void images(int[] positions, Chance chance, float[] dst) {
    all.images(indices(positions), chance, dst);
  }

  @Override
  public void prefetch(int[] positions) {
    all.prefetch(indices(positions));
  }

  @Override
  public byte[] digest(int i) {
    return all.digest(index(i));
  }

  private int index(int i) {
    return indices[Objects.checkIndex(i, indices.length)];
  }

  private int[] indices(int[] positions) {
    return Arrays.stream(positions).map(this::index).toArray();
  }
}
