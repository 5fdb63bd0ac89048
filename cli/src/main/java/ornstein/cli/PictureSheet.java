package ornstein.cli;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Pictures below each other on white, with lines of text between them. */
final class PictureSheet {
  /** White above and below a line of text. */
  private static final int LEADING = 2;

  private final ColorModel colours;
  private final List<Raster> parts = new ArrayList<>();

  /**
   * Begins an empty sheet.
   *
   * @param colours of all its pictures, of 8 bits each
   */
  PictureSheet(ColorModel colours) {
    this.colours = colours;
  }

  /** Adds some rows of a picture. */
  PictureSheet picture(BufferedImage whole, int top, int height) {
    Raster raster = whole.getRaster();
    parts.add(raster.createChild(0, top, raster.getWidth(), height, 0, 0, null));
    return this;
  }

  /** Adds a line of texts, one in each cell, cut to its width. */
  PictureSheet line(List<String> texts, int left, int cellWidth) {
    WritableRaster line = blank(left + texts.size() * cellWidth, BitmapFont.HEIGHT + 2 * LEADING);
    for (int i = 0; i < texts.size(); i++) {
      String text = BitmapFont.fitted(texts.get(i), cellWidth);
      BitmapFont.draw(line, left + i * cellWidth, LEADING, text);
    }
    parts.add(line);
    return this;
  }

  /** Adds a line of one text, as wide as it is. */
  PictureSheet line(String text, int left) {
    return line(List.of(text), left, text.length() * BitmapFont.ADVANCE);
  }

  private WritableRaster blank(int width, int height) {
    WritableRaster raster = colours.createCompatibleWritableRaster(width, height);
    int[] white = new int[width];
    Arrays.fill(white, 255);
    for (int band = 0; band < raster.getNumBands(); band++) {
      for (int y = 0; y < height; y++) {
        raster.setSamples(0, y, width, 1, band, white);
      }
    }
    return raster;
  }

  /** The sheet so far; there must be something on it. */
  BufferedImage draw() {
    int width = parts.stream().mapToInt(Raster::getWidth).max().orElseThrow();
    int height = parts.stream().mapToInt(Raster::getHeight).sum();
    WritableRaster whole = blank(width, height);
    int top = 0;
    for (Raster part : parts) {
      whole.setRect(0, top, part);
      top += part.getHeight();
    }
    return new BufferedImage(colours, whole, false, null);
  }
}
