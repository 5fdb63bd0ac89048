package ornstein.diffusion.data;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Arrays;

/** Lays images out as an enlarged grid, in bytes: Java2D would convert grey between gammas. */
final class PixelCanvas {
  private final Images images;
  private final int columns;
  private final int scale;
  private final int padding;
  private final int rows;
  private final int cellHeight;
  private final int cellWidth;

  PixelCanvas(Images images, int columns, int scale, int padding) {
    if (columns < 1 || scale < 1 || padding < 0) {
      throw new IllegalArgumentException(
          "a grid of "
              + columns
              + " columns at scale "
              + scale
              + " with padding "
              + padding
              + " is not possible; the least are 1, 1 and 0");
    }
    this.images = images;
    this.columns = Math.min(columns, images.count());
    this.scale = scale;
    this.padding = padding;
    this.rows = Math.ceilDiv(images.count(), this.columns);
    double area =
        (this.columns * ((double) images.width() * scale + padding) + padding)
            * (rows * ((double) images.height() * scale + padding) + padding);
    if (area > PixelImage.MAX_PIXELS) {
      throw new IllegalArgumentException(
          "a grid of "
              + this.columns
              + "x"
              + rows
              + " images at scale "
              + scale
              + " is over 64 megapixels; use a smaller scale or fewer images");
    }
    this.cellHeight = images.height() * scale + padding;
    this.cellWidth = images.width() * scale + padding;
  }

  BufferedImage draw() {
    int channels = images.channels();
    int height = rows * cellHeight + padding;
    int width = columns * cellWidth + padding;
    byte[] canvas = new byte[height * width * channels];
    Arrays.fill(canvas, (byte) 255);
    for (int i = 0; i < images.count(); i++) {
      int top = i / columns * cellHeight + padding;
      int left = i % columns * cellWidth + padding;
      for (int y = 0; y < images.height() * scale; y++) {
        int at = ((top + y) * width + left) * channels;
        for (int x = 0; x < images.width() * scale; x++) {
          for (int c = 0; c < channels; c++) {
            canvas[at++] = (byte) images.value(i, y / scale, x / scale, c);
          }
        }
      }
    }
    return of(height, width, channels, canvas);
  }

  /** A picture over interleaved bytes, which are not copied. */
  static BufferedImage of(int height, int width, int channels, byte[] pixels) {
    boolean alpha = channels % 2 == 0;
    int space = channels >= 3 ? ColorSpace.CS_sRGB : ColorSpace.CS_GRAY;
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(space),
            alpha,
            false,
            alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            DataBuffer.TYPE_BYTE);
    int[] bands = new int[channels];
    Arrays.setAll(bands, c -> c);
    WritableRaster raster =
        Raster.createInterleavedRaster(
            new DataBufferByte(pixels, pixels.length),
            width,
            height,
            width * channels,
            channels,
            bands,
            null);
    return new BufferedImage(model, raster, false, null);
  }
}
