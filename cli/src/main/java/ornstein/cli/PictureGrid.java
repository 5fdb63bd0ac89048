package ornstein.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import ornstein.diffusion.data.Images;

/**
 * How images are laid out in a picture.
 *
 * @param columns images in a row
 * @param scale side of the square that a pixel is drawn as
 */
record PictureGrid(int columns, int scale) {
  /** White pixels around each image. */
  static final int PADDING = 2;

  /** Small images are enlarged to about this many pixels a side. */
  private static final int SIDE = 48;

  private static final int SHORTEST_ROW = 4;
  private static final int LONGEST_ROW = 20;

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

  /** Pixels from an image's left edge to that of the next. */
  int cellWidth(ImageSize size) {
    return size.width() * scale + PADDING;
  }

  /** The images. */
  BufferedImage draw(Images images) {
    return images.grid(columns, scale, PADDING);
  }

  /** The images with a caption under each. */
  BufferedImage draw(Images images, List<String> captions) {
    BufferedImage plain = draw(images);
    ImageSize size = new ImageSize(images.height(), images.width());
    int cellHeight = size.height() * scale + PADDING;
    PictureSheet sheet = new PictureSheet(plain.getColorModel());
    for (int first = 0; first < captions.size(); first += columns) {
      int last = Math.min(first + columns, captions.size());
      sheet.picture(plain, first / columns * cellHeight, cellHeight);
      sheet.line(captions.subList(first, last), PADDING, cellWidth(size));
    }
    return sheet.draw();
  }

  /** Writes the images as PNG. */
  void savePng(Path file, Images images) throws IOException {
    Images.savePng(file, draw(images));
  }

  /** Writes an animation of the images as GIF, smaller, for its noise compresses badly. */
  void saveGif(Path file, DenoisingFrames frames) throws IOException {
    frames.save(file, withScale(Math.max(1, scale / 2))::draw);
  }

  /** The same with captions, in full size, so that there is room for them. */
  void saveGif(Path file, DenoisingFrames frames, List<String> captions) throws IOException {
    frames.save(file, images -> draw(images, captions));
  }
}
