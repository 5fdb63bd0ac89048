package ornstein.diffusion.data;

import java.util.List;
import java.util.stream.IntStream;
import ornstein.engine.Shape;

/**
 * A fixed, ordered collection of images of one size, each with an optional class label.
 *
 * <p>Images are read one at a time by position and converted to {@code [-1, 1]} on the way, so an
 * implementation may keep them in memory or decode them when asked. Implementations are safe for
 * use by several threads. One that reads files while it is used throws {@link
 * java.io.UncheckedIOException} where they have been damaged, changed or removed since it was
 * opened, and {@link IllegalStateException} after it was closed.
 */
public interface ImageDataset extends AutoCloseable {
  /**
   * Number of images.
   *
   * @return the image count, at least 1
   */
  int size();

  /**
   * Height of every image.
   *
   * @return rows, at least 1
   */
  int height();

  /**
   * Width of every image.
   *
   * @return columns, at least 1
   */
  int width();

  /**
   * Channels of every image: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
   *
   * @return 1 to 4
   */
  int channels();

  /**
   * Number of label classes.
   *
   * @return the class count, or 0 if the images have no labels
   */
  int classes();

  /**
   * Names of the classes, in label order.
   *
   * @return {@link #classes()} names; empty if the images have no labels
   */
  List<String> classNames();

  /**
   * The label of one image.
   *
   * @param i position in {@code [0, size)}
   * @return the label in {@code [0, classes)}, or −1 if the images have no labels
   * @throws IndexOutOfBoundsException if there is no such image
   */
  int label(int i);

  /**
   * Writes one image as {@code [H, W, C]} values in {@code [-1, 1]}: {@code v / (max / 2) - 1} in
   * float32, where max is the value of white (255 for 8-bit images).
   *
   * @param i position in {@code [0, size)}
   * @param dst receives {@link #imageSize()} values
   * @param offset where in {@code dst} the image starts
   * @throws IndexOutOfBoundsException if there is no such image or {@code dst} is too short
   */
  void image(int i, float[] dst, int offset);

  /**
   * Values in one image.
   *
   * @return height × width × channels
   */
  default int imageSize() {
    return height() * width() * channels();
  }

  /**
   * Shape of one image.
   *
   * @return {@code [H, W, C]}
   */
  default Shape imageShape() {
    return Shape.of(height(), width(), channels());
  }

  /**
   * Writes several images, one after the other, as {@code [N, H, W, C]}.
   *
   * @param indices positions in {@code [0, size)}, repeats allowed
   * @param dst receives {@code indices.length * imageSize()} values, from 0
   * @throws IndexOutOfBoundsException if there is no such image or {@code dst} is too short
   */
  default void images(int[] indices, float[] dst) {
    prefetch(indices);
    int stride = imageSize();
    for (int n = 0; n < indices.length; n++) {
      image(indices[n], dst, n * stride);
    }
  }

  /**
   * Writes several images as they are trained on: changed by chance if this set was made so, as by
   * {@link Augmentation#applyTo}, else as they are.
   *
   * @param indices positions in {@code [0, size)}, repeats allowed
   * @param chance random numbers for the places of the batch; number 0 is not used
   * @param dst receives {@code indices.length * imageSize()} values, from 0
   * @throws IndexOutOfBoundsException if there is no such image or {@code dst} is too short
   */
  default void images(int[] indices, Chance chance, float[] dst) {
    images(indices, dst);
  }

  /**
   * Says which images will be asked for next, so that a set that reads files may begin. Returns at
   * once. What goes wrong is thrown when the image is asked for.
   *
   * @param indices positions in {@code [0, size)}
   * @throws IndexOutOfBoundsException if there is no such image
   */
  default void prefetch(int[] indices) {}

  /**
   * A digest of one image's values.
   *
   * @param i position in {@code [0, size)}
   * @return SHA-256 of {@link #image} as little-endian float32: 32 bytes, a fresh array
   * @throws IndexOutOfBoundsException if there is no such image
   */
  default byte[] digest(int i) {
    float[] values = new float[imageSize()];
    image(i, values, 0);
    return Fingerprint.digest(values);
  }

  /**
   * Tells this set from others by everything in it: its size, labels, class names and values, but
   * not where they are stored. Reads all images, unless they are in files, whose digests are known.
   *
   * @return a text that is equal for equal sets, without line breaks
   */
  default String fingerprint() {
    return Fingerprint.of(this);
  }

  /**
   * Some of the images.
   *
   * @param indices their positions in {@code [0, size)}, at least one; copied
   * @return a view of this set, with the same classes; closing it closes this set
   * @throws IllegalArgumentException if no position is given
   * @throws IndexOutOfBoundsException if there is no such image
   */
  default ImageDataset subset(int... indices) {
    return new ImageSubset(this, indices);
  }

  /**
   * The first images of this set, or all if there are no more.
   *
   * @param count how many, at least 1
   * @return a view of this set; closing it closes this set
   * @throws IllegalArgumentException if the count is below 1
   */
  default ImageDataset first(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("at least 1 image is needed, got " + count);
    }
    return count >= size() ? this : subset(IntStream.range(0, count).toArray());
  }

  /**
   * Some images of this set at even distances, for neighbours in a file may be of one class; or all
   * if there are no more.
   *
   * @param count how many, at least 1
   * @return a view of this set; closing it closes this set
   * @throws IllegalArgumentException if the count is below 1
   */
  default ImageDataset spread(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("at least 1 image is needed, got " + count);
    }
    return count >= size() ? this : subset(EvenPositions.of(size(), count));
  }

  /** Ends the threads that read files, if there are any. A second time has no effect. */
  @Override
  default void close() {}
}
