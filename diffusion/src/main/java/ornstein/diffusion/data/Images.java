package ornstein.diffusion.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import ornstein.engine.Shape;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;

/**
 * A batch of 8-bit images {@code [N, H, W, C]} with 1 (grey), 2 (grey and alpha), 3 (RGB) or 4
 * (RGBA) channels, and possibly a label for each: what sampling gives and files hold. Immutable.
 * All files are written whole or not at all.
 */
public final class Images {
  /** The most values a batch holds: as many as fit into one array on any JVM. */
  public static final int MOST_VALUES = Integer.MAX_VALUE - 8;

  private final int count;
  private final int height;
  private final int width;
  private final int channels;
  private final byte[] pixels;
  private final int[] labels;

  private Images(int count, int height, int width, int channels, byte[] pixels, int[] labels) {
    this.count = count;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.pixels = pixels;
    this.labels = labels;
  }

  /**
   * Images from bytes.
   *
   * @param shape {@code [N, H, W, C]}, C from 1 to 4, no extent 0
   * @param pixels the values 0 to 255; copied
   * @param labels a label for each image, or none; copied
   * @return the images
   * @throws IllegalArgumentException if shape, pixels and labels do not fit together
   */
  public static Images of(Shape shape, byte[] pixels, int... labels) {
    check(shape, pixels.length, labels.length);
    return new Images(
        shape.dim(0), shape.dim(1), shape.dim(2), shape.dim(3), pixels.clone(), labels.clone());
  }

  /**
   * Images from a model's output: {@code (x + 1) * 127.5} in float32, clamped to 0…255 and
   * truncated, as improved-diffusion converts. Truncating is not quite the inverse of {@code v /
   * 127.5 - 1}: float32 rounding makes 63 of the 256 pixel values come back one lower.
   *
   * @param shape {@code [N, H, W, C]}, C from 1 to 4, no extent 0
   * @param values the values, −1 black and 1 white; those beyond are clamped
   * @param labels a label for each image, or none; copied
   * @return the images
   * @throws IllegalArgumentException if a value is NaN or infinite, or shape, values and labels do
   *     not fit together
   */
  public static Images fromUnit(Shape shape, float[] values, int... labels) {
    check(shape, values.length, labels.length);
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "image "
                + i / (values.length / shape.dim(0))
                + " holds "
                + values[i]
                + " at element "
                + i
                + " of "
                + shape
                + ": the model or the sampler diverged; use another checkpoint or clip x0");
      }
      pixels[i] = (byte) (int) Math.clamp((values[i] + 1f) * 127.5f, 0f, 255f);
    }
    return new Images(
        shape.dim(0), shape.dim(1), shape.dim(2), shape.dim(3), pixels, labels.clone());
  }

  /**
   * Batches one after the other.
   *
   * @param batches at least one, all of one height, width and number of channels, and either all
   *     with labels or none
   * @return all images in order
   * @throws IllegalArgumentException if there is no batch, the batches do not fit together, or
   *     their values are over {@link #MOST_VALUES}
   */
  public static Images concat(List<Images> batches) {
    if (batches.isEmpty()) {
      throw new IllegalArgumentException("no batch of images is given");
    }
    Images first = batches.get(0);
    long size = 0;
    for (Images batch : batches) {
      if (!batch.shape().with(0, 1).equals(first.shape().with(0, 1))
          || (batch.labels.length == 0) != (first.labels.length == 0)) {
        throw new IllegalArgumentException(
            "images of " + batch + " do not go with images of " + first);
      }
      size += batch.pixels.length;
    }
    if (size > MOST_VALUES) {
      throw new IllegalArgumentException(
          size + " values of images are over the " + MOST_VALUES + " that one array holds");
    }
    byte[] pixels = new byte[(int) size];
    int at = 0;
    for (Images batch : batches) {
      System.arraycopy(batch.pixels, 0, pixels, at, batch.pixels.length);
      at += batch.pixels.length;
    }
    return new Images(
        pixels.length / (first.height * first.width * first.channels),
        first.height,
        first.width,
        first.channels,
        pixels,
        batches.stream().flatMapToInt(batch -> Arrays.stream(batch.labels)).toArray());
  }

  /**
   * Images of a data set, rounded to 8 bits, so that 8-bit ones are exact.
   *
   * @param data the data set
   * @param indices positions in it, at least one
   * @return the images, with labels if the data set has them
   * @throws IndexOutOfBoundsException if there is no such image
   * @throws IllegalArgumentException if no position is given
   */
  public static Images of(ImageDataset data, int... indices) {
    Shape shape = Shape.of(indices.length, data.height(), data.width(), data.channels());
    float[] values = new float[shape.size()];
    data.images(indices, values);
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) Math.round((values[i] + 1f) * 127.5f);
    }
    int[] labels =
        data.classes() == 0 ? new int[0] : Arrays.stream(indices).map(data::label).toArray();
    check(shape, pixels.length, labels.length);
    return new Images(indices.length, data.height(), data.width(), data.channels(), pixels, labels);
  }

  /**
   * Some of these images.
   *
   * @param from the first, counted from 0
   * @param to the one after the last
   * @return a copy of them, with their labels
   * @throws IndexOutOfBoundsException if the range is empty or reaches beyond these images
   */
  public Images slice(int from, int to) {
    if (from < 0 || from >= to || to > count) {
      throw new IndexOutOfBoundsException(
          "images " + from + " to " + to + " of " + count + " cannot be sliced");
    }
    int each = height * width * channels;
    return new Images(
        to - from,
        height,
        width,
        channels,
        Arrays.copyOfRange(pixels, from * each, to * each),
        labels.length == 0 ? labels : Arrays.copyOfRange(labels, from, to));
  }

  private static void check(Shape shape, int values, int labels) {
    if (shape.rank() != 4 || shape.size() == 0 || shape.dim(3) > 4) {
      throw new IllegalArgumentException(
          "images need a shape [N, H, W, C] with C from 1 to 4 and no extent 0, not " + shape);
    }
    if (values != shape.size()) {
      throw new IllegalArgumentException(values + " values are not images of shape " + shape);
    }
    if (labels != 0 && labels != shape.dim(0)) {
      throw new IllegalArgumentException(labels + " labels are given for images of " + shape);
    }
  }

  /**
   * Number of images.
   *
   * @return the count, at least 1
   */
  public int count() {
    return count;
  }

  /**
   * Rows of an image.
   *
   * @return the height
   */
  public int height() {
    return height;
  }

  /**
   * Columns of an image.
   *
   * @return the width
   */
  public int width() {
    return width;
  }

  /**
   * Channels of an image.
   *
   * @return 1 to 4
   */
  public int channels() {
    return channels;
  }

  /**
   * Shape of the batch.
   *
   * @return {@code [N, H, W, C]}
   */
  public Shape shape() {
    return Shape.of(count, height, width, channels);
  }

  /**
   * All values.
   *
   * @return a fresh array of {@code [N, H, W, C]} bytes, each 0 to 255
   */
  public byte[] pixels() {
    return pixels.clone();
  }

  /**
   * One value.
   *
   * @param i the image
   * @param y the row
   * @param x the column
   * @param c the channel
   * @return 0 to 255
   * @throws IndexOutOfBoundsException if there is no such element
   */
  public int value(int i, int y, int x, int c) {
    Objects.checkIndex(i, count);
    Objects.checkIndex(y, height);
    Objects.checkIndex(x, width);
    Objects.checkIndex(c, channels);
    return pixels[((i * height + y) * width + x) * channels + c] & 0xff;
  }

  /**
   * The labels.
   *
   * @return a fresh array of {@link #count()} labels; empty if there are none
   */
  public int[] labels() {
    return labels.clone();
  }

  /**
   * One image, at its own size.
   *
   * @param i position in {@code [0, count)}
   * @return a fresh 8-bit image of the same channels
   * @throws IndexOutOfBoundsException if there is no such image
   */
  public BufferedImage image(int i) {
    int stride = height * width * channels;
    int from = Objects.checkIndex(i, count) * stride;
    return PixelCanvas.of(height, width, channels, Arrays.copyOfRange(pixels, from, from + stride));
  }

  /**
   * All images row by row in a grid on white, each pixel enlarged to a square.
   *
   * @param columns images in a row, at least 1
   * @param scale side of a pixel's square, at least 1
   * @param padding white pixels around each image, at least 0
   * @return a fresh 8-bit image of the same channels
   * @throws IllegalArgumentException if an argument is out of range, or the grid is over 64
   *     megapixels
   */
  public BufferedImage grid(int columns, int scale, int padding) {
    return new PixelCanvas(this, columns, scale, padding).draw();
  }

  @Override
  public String toString() {
    return shape() + (labels.length == 0 ? " without labels" : " with labels");
  }

  /**
   * Writes one image, at its own size, as PNG.
   *
   * @param file the file to create or replace
   * @param i position in {@code [0, count)}
   * @throws IOException if it cannot be written
   * @throws IndexOutOfBoundsException if there is no such image
   */
  public void savePng(Path file, int i) throws IOException {
    PictureFiles.writePng(file, image(i));
  }

  /**
   * Writes a grid of all images as PNG.
   *
   * @param file the file to create or replace
   * @param columns images in a row, at least 1
   * @param scale side of a pixel's square, at least 1
   * @param padding white pixels around each image, at least 0
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if an argument is out of range, or the grid is over 64
   *     megapixels
   */
  public void saveGrid(Path file, int columns, int scale, int padding) throws IOException {
    PictureFiles.writePng(file, grid(columns, scale, padding));
  }

  /**
   * Writes an npz archive: {@code arr_0} uint8 {@code [N, H, W, C]}, and {@code arr_1} int64 labels
   * {@code [N]} if there are any. Equal images give equal bytes.
   *
   * @param file the file to create or replace
   * @throws IOException if it cannot be written
   */
  public void saveNpz(Path file) throws IOException {
    SequencedMap<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("arr_0", NpyArray.u8(shape(), pixels));
    if (labels.length > 0) {
      long[] values = Arrays.stream(labels).asLongStream().toArray();
      arrays.put("arr_1", NpyArray.i64(Shape.of(count), values));
    }
    Npz.write(file, arrays);
  }

  /**
   * Writes any picture as PNG, such as a grid.
   *
   * @param file the file to create or replace
   * @param picture the picture
   * @throws IOException if it cannot be written
   */
  public static void savePng(Path file, BufferedImage picture) throws IOException {
    PictureFiles.writePng(file, picture);
  }

  /**
   * Writes an animated GIF. Frames of at most 256 colours, so all greyscale ones, are exact; others
   * are reduced to 256 colours each. Transparency shows white.
   *
   * @param file the file to create or replace
   * @param frames the frames, at least one, all of one size
   * @param delayMillis time that each frame is shown, 10 to 655,350 ms, rounded to hundredths of a
   *     second
   * @param loop whether the animation repeats for ever
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if there are no frames, their sizes differ, or the delay is
   *     out of range
   */
  public static void saveGif(Path file, List<BufferedImage> frames, int delayMillis, boolean loop)
      throws IOException {
    PictureFiles.writeGif(file, frames, delayMillis, loop);
  }
}
