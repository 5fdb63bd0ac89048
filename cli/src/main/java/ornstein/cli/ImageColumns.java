package ornstein.cli;

import java.util.List;
import ornstein.diffusion.data.Images;
import ornstein.engine.Shape;

/** Batches of images side by side: the columns of a picture, of which each row is one image's. */
final class ImageColumns {
  private ImageColumns() {}

  /** The images row by row. */
  static Images rows(List<Images> columns) {
    Shape shape = columns.get(0).shape();
    int images = shape.dim(0);
    int each = shape.size() / images;
    byte[] pixels = new byte[columns.size() * shape.size()];
    for (int c = 0; c < columns.size(); c++) {
      byte[] column = columns.get(c).pixels();
      for (int i = 0; i < images; i++) {
        System.arraycopy(column, i * each, pixels, (i * columns.size() + c) * each, each);
      }
    }
    return Images.of(shape.with(0, columns.size() * images), pixels);
  }
}
