package ornstein.diffusion.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import ornstein.engine.io.FormatException;

/**
 * Reads picture files and brings them to one size and number of channels.
 *
 * @param options size, channels and depth that were asked for
 * @param channels those of the first picture, in which all are given
 * @param first name of the first picture
 */
record PictureLoader(DatasetOptions options, int channels, Path first) {
  /**
   * Reads a picture.
   *
   * @throws FormatException if the file cannot be read
   * @throws UncheckedIOException if it can, but colour or transparency would be lost, unasked for
   */
  PixelImage load(Path file) throws IOException {
    PixelImage image = ImageDecoder.decode(file, options.pictureMaxValue());
    if (options.channels() == 0 && !PixelImage.lossless(image.channels, channels)) {
      // Not like a file that cannot be read, for it must not be left out.
      throw new UncheckedIOException(
          DatasetReader.bad(
              file,
              "has "
                  + image.channels
                  + " channels, but the first image, "
                  + first
                  + ", has "
                  + channels
                  + "; say which to use (--channels 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA)"));
    }
    return image.fitted(channels, options.height(), options.width());
  }
}
