package ornstein.diffusion.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;
import ornstein.engine.io.FormatException;

/**
 * Decodes one PNG or JPEG file to samples of 8 or 16 bits. The size in the header is checked before
 * anything is decoded. Samples are taken as stored: colour profiles and orientation tags are not
 * applied; those of another depth are brought to the one asked for by rounding.
 */
final class ImageDecoder {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};

  private static final long MEGAPIXEL = 1_000_000;

  private static final List<String> DAMAGE =
      List.of("Truncated", "Premature end", "Corrupt JPEG data");

  // Of all that is decoded at a time, on any number of threads, so that its memory is bounded.
  private static final Semaphore MEGAPIXELS =
      new Semaphore((int) (PixelImage.MAX_PIXELS / MEGAPIXEL), true);

  private ImageDecoder() {}

  /** Height and width. */
  record Size(int height, int width) {
    @Override
    public String toString() {
      return height + "x" + width;
    }
  }

  /** The Java format name of a file that starts like this, or null if it is neither. */
  static @Nullable String format(byte[] head) {
    if (startsWith(head, PNG)) {
      return "png";
    }
    return startsWith(head, JPEG) ? "jpeg" : null;
  }

  private static boolean startsWith(byte[] head, byte[] magic) {
    return head.length >= magic.length
        && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
  }

  /** The size that the header states. */
  static Size size(Path file) throws IOException {
    return read(file, reader -> new Size(reader.getHeight(0), reader.getWidth(0)));
  }

  /**
   * The image in its own channels.
   *
   * @param maxValue the value of white that samples are scaled to: 255 or 65535
   */
  static PixelImage decode(Path file, int maxValue) throws IOException {
    return read(
        file,
        reader -> {
          long pixels = (long) reader.getHeight(0) * reader.getWidth(0);
          int share = (int) Math.ceilDiv(pixels, MEGAPIXEL);
          acquire(file, share);
          try {
            return pixels(file, reader, maxValue);
          } finally {
            MEGAPIXELS.release(share);
          }
        });
  }

  private static void acquire(Path file, int share) throws InterruptedIOException {
    try {
      MEGAPIXELS.acquire(share);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(file + ": decoding was interrupted");
    }
  }

  @FunctionalInterface
  private interface Step<T> {
    T apply(ImageReader reader) throws IOException;
  }

  private static <T> T read(Path file, Step<T> step) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      in.mark(PNG.length);
      String format = format(in.readNBytes(PNG.length));
      in.reset();
      if (format == null) {
        throw DatasetReader.bad(
            file, "is neither PNG nor JPEG inside; convert it, or remove it from the folder");
      }
      ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
      // In memory: ImageIO's own choice would be a temporary file for each image.
      try (MemoryCacheImageInputStream stream = new MemoryCacheImageInputStream(in)) {
        reader.setInput(stream, true, true);
        long pixels = (long) reader.getHeight(0) * reader.getWidth(0);
        if (pixels > PixelImage.MAX_PIXELS) {
          throw DatasetReader.bad(
              file,
              "claims "
                  + reader.getHeight(0)
                  + "x"
                  + reader.getWidth(0)
                  + " pixels, over the limit of 64 megapixels; shrink it, or remove it");
        }
        return step.apply(reader);
      } catch (FormatException | InterruptedIOException | ClosedByInterruptException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        // Java's decoders answer some broken files with IndexOutOfBounds and the like.
        FormatException broken =
            DatasetReader.bad(
                file,
                "cannot be decoded ("
                    + e.getMessage()
                    + "); it is damaged or of an unusual kind: save it again as PNG, or remove it");
        broken.initCause(e);
        throw broken;
      } finally {
        reader.dispose();
      }
    }
  }

  private static PixelImage pixels(Path file, ImageReader reader, int maxValue) throws IOException {
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((source, text) -> warnings.add(text));
    BufferedImage image = reader.read(0);
    for (String warning : warnings) {
      // A JPEG that is cut off decodes to a half-grey image, with only a warning.
      if (DAMAGE.stream().anyMatch(warning::contains)) {
        throw DatasetReader.bad(file, "is damaged (" + warning + "); replace or remove it");
      }
    }
    Raster raster = image.getRaster();
    if (image.getColorModel() instanceof IndexColorModel palette) {
      return fromPalette(raster, palette, maxValue);
    }
    int height = image.getHeight();
    int width = image.getWidth();
    int bands = raster.getNumBands();
    if (bands > 4 || (bands == 4 && !image.getColorModel().hasAlpha())) {
      throw DatasetReader.bad(
          file, "has " + bands + " channels that are not RGB with alpha; save it as RGB");
    }
    int top = (1 << image.getColorModel().getComponentSize(0)) - 1;
    byte[] pixels = new byte[height * width * bands * PixelImage.bytesPerValue(maxValue)];
    int[] row = new int[width * bands];
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int k = 0; k < row.length; k++) {
        int v = top == maxValue ? row[k] : (int) (((long) row[k] * maxValue + top / 2) / top);
        PixelImage.put(pixels, maxValue, y * row.length + k, v);
      }
    }
    return new PixelImage(height, width, bands, maxValue, pixels);
  }

  /** Grey if all of the palette is, so that 1-, 2- and 4-bit greyscale files stay grey. */
  private static PixelImage fromPalette(Raster raster, IndexColorModel palette, int maxValue) {
    int[] colours = new int[palette.getMapSize()];
    palette.getRGBs(colours);
    boolean grey =
        Arrays.stream(colours)
            .allMatch(c -> ((c >> 16) & 0xff) == (c & 0xff) && ((c >> 8) & 0xff) == (c & 0xff));
    int channels = (grey ? 1 : 3) + (palette.hasAlpha() ? 1 : 0);
    int values = raster.getHeight() * raster.getWidth() * channels;
    byte[] pixels = new byte[values * PixelImage.bytesPerValue(maxValue)];
    int scale = maxValue / 255;
    int at = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int x = 0; x < raster.getWidth(); x++) {
        int argb = colours[raster.getSample(x, y, 0)];
        if (!grey) {
          PixelImage.put(pixels, maxValue, at++, ((argb >> 16) & 0xff) * scale);
          PixelImage.put(pixels, maxValue, at++, ((argb >> 8) & 0xff) * scale);
        }
        PixelImage.put(pixels, maxValue, at++, (argb & 0xff) * scale);
        if (palette.hasAlpha()) {
          PixelImage.put(pixels, maxValue, at++, (argb >>> 24) * scale);
        }
      }
    }
    return new PixelImage(raster.getHeight(), raster.getWidth(), channels, maxValue, pixels);
  }
}
