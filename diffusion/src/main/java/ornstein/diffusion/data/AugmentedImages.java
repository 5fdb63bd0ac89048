package ornstein.diffusion.data;

import java.util.Objects;

/**
 * Windows of the images of a set, cut at random places and mirrored by chance when trained on, from
 * the middle and as they are otherwise.
 *
 * @param all the whole images
 * @param augmentation what is done; its window fits into the images
 * @param byChance whether anything happens by chance
 */
record AugmentedImages(ImageDataset all, Augmentation augmentation, boolean byChance)
    implements ImageView {
  // Numbers of the random numbers; 0 is that of the label.
  private static final int FLIP = 1;
  private static final int TOP = 2;
  private static final int LEFT = 3;

  @Override
  public int height() {
    return augmentation.cropHeight() == 0 ? all.height() : augmentation.cropHeight();
  }

  @Override
  public int width() {
    return augmentation.cropWidth() == 0 ? all.width() : augmentation.cropWidth();
  }

  @Override
  public void image(int i, float[] dst, int offset) {
    Objects.checkFromIndexSize(offset, imageSize(), dst.length);
    float[] whole = new float[all.imageSize()];
    all.image(i, whole, 0);
    cut(whole, (all.height() - height()) / 2, (all.width() - width()) / 2, false, dst, offset);
  }

  @Override
  public void images(int[] indices, Chance chance, float[] dst) {
    if (!byChance) {
      images(indices, dst);
      return;
    }
    Objects.checkFromIndexSize(0, indices.length * imageSize(), dst.length);
    prefetch(indices);
    float[] whole = new float[all.imageSize()];
    for (int n = 0; n < indices.length; n++) {
      all.image(indices[n], whole, 0);
      int top = (int) (chance.at(n, TOP) * (all.height() - height() + 1));
      int left = (int) (chance.at(n, LEFT) * (all.width() - width() + 1));
      boolean mirrored = augmentation.flip() && chance.at(n, FLIP) < 0.5;
      cut(whole, top, left, mirrored, dst, n * imageSize());
    }
  }

  private void cut(float[] whole, int top, int left, boolean mirrored, float[] dst, int offset) {
    int c = channels();
    int width = width();
    for (int y = 0; y < height(); y++) {
      int from = ((top + y) * all.width() + left) * c;
      int to = offset + y * width * c;
      System.arraycopy(whole, from, dst, to, width * c);
      if (mirrored) {
        mirror(dst, to, width, c);
      }
    }
  }

  /** Reverses the order of the pixels of one row. */
  static void mirror(float[] row, int offset, int width, int channels) {
    for (int x = 0; x < width / 2; x++) {
      int a = offset + x * channels;
      int b = offset + (width - 1 - x) * channels;
      for (int k = 0; k < channels; k++) {
        float v = row[a + k];
        row[a + k] = row[b + k];
        row[b + k] = v;
      }
    }
  }

  /** That of the whole images, which windows depend on, and what is done to them. */
  @Override
  public String fingerprint() {
    return all.fingerprint()
        + " in windows of "
        + height()
        + "x"
        + width()
        + (byChance ? " at random places" : "")
        + (byChance && augmentation.flip() ? ", mirrored by chance" : "");
  }
}
