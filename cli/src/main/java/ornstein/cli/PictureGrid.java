package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import ornstein.diffusion.data.Images;

/**
 * How images are laid out in a picture.
 *
 * @param columns images in a row
 * @param scale side of the square that a pixel is drawn as
 */
record PictureGrid(int columns, int scale) {
  private static final int PADDING = 2;

  /** Small images are enlarged to about this many pixels a side. */
  private static final int SIDE = 48;

  private static final int SHORTEST_ROW = 4;
  private static final int LONGEST_ROW = 32;

  /** What {@link Images#grid} can draw. */
  private static final long MOST_PIXELS = 64_000_000;

  /** Room for a number of images, near to a square. */
  static PictureGrid of(int count, ImageSize size) {
    return new PictureGrid((int) Math.ceil(Math.sqrt(count)), scale(size));
  }

  /** The same for images of all classes in order: each class its own rows, if that looks well. */
  static PictureGrid of(int count, ImageSize size, int classes) {
    if (classes > 1 && count % classes == 0) {
      int each = count / classes;
      if (each >= SHORTEST_ROW && each <= LONGEST_ROW) {
        return new PictureGrid(each, scale(size));
      }
    }
    return of(count, size);
  }

  private static int scale(ImageSize size) {
    return Math.max(1, Math.round((float) SIDE / Math.max(size.height(), size.width())));
  }

  PictureGrid withColumns(int other) {
    return new PictureGrid(other, scale);
  }

  PictureGrid withScale(int other) {
    return new PictureGrid(columns, other);
  }

  /** Whether a picture of so many images is not too large to draw. */
  boolean fits(int count, ImageSize size) {
    long rows = (count + columns - 1L) / columns;
    double height = (double) rows * (size.height() * (double) scale + 2 * PADDING);
    double width = columns * (size.width() * (double) scale + 2 * PADDING);
    return height * width <= MOST_PIXELS;
  }

  /** Writes the images as PNG. */
  void savePng(Path file, Images images) throws IOException {
    images.saveGrid(file, columns, scale, PADDING);
  }

  /** Writes an animation of the images as GIF, smaller, for its noise compresses badly. */
  void saveGif(Path file, DenoisingFrames frames) throws IOException {
    frames.save(file, columns, Math.max(1, scale / 2), PADDING);
  }
}
