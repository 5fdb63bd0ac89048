package ornstein.diffusion.data;

/**
 * Changes of images by chance, each time they are trained on: windows cut at random places, and
 * mirroring. What happens to an image is a function of the training's seed, the step and the place
 * in the batch.
 *
 * @param cropHeight rows of the windows; 0 for whole images
 * @param cropWidth columns of the windows; 0 if and only if {@code cropHeight} is
 * @param flip whether images are mirrored, left to right, with probability 1/2
 */
public record Augmentation(int cropHeight, int cropWidth, boolean flip) {
  /** Images as they are. */
  public static final Augmentation NONE = new Augmentation(0, 0, false);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the window's size is not possible
   */
  public Augmentation {
    if (cropHeight < 0 || cropWidth < 0 || (cropHeight == 0) != (cropWidth == 0)) {
      throw new IllegalArgumentException(
          "a crop of "
              + cropHeight
              + "x"
              + cropWidth
              + " is not possible; give both as at least 1");
    }
  }

  /**
   * The images to train on. {@link ImageDataset#images(int[], Chance, float[])} gives windows at
   * random places, mirrored or not; everything else is as in {@link #centred}.
   *
   * @param data the whole images
   * @return a view of them; the set itself if nothing is to be changed
   * @throws IllegalArgumentException if the window is larger than the images
   */
  public ImageDataset applyTo(ImageDataset data) {
    return view(data, true);
  }

  /**
   * The images to measure with: windows from the middle, nothing by chance.
   *
   * @param data the whole images
   * @return a view of them; the set itself if no windows are to be cut
   * @throws IllegalArgumentException if the window is larger than the images
   */
  public ImageDataset centred(ImageDataset data) {
    return view(data, false);
  }

  private ImageDataset view(ImageDataset data, boolean byChance) {
    if (cropHeight == 0 && !(flip && byChance)) {
      return data;
    }
    if (cropHeight > data.height() || cropWidth > data.width()) {
      throw new IllegalArgumentException(
          "a crop of "
              + cropHeight
              + "x"
              + cropWidth
              + " does not fit into images of "
              + data.height()
              + "x"
              + data.width()
              + "; give a smaller one, or larger images (--size)");
    }
    return new AugmentedImages(data, this, byChance);
  }
}
