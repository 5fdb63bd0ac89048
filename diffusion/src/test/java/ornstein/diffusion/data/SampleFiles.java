package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import ornstein.engine.io.FormatException;

/** Builds small data files, and checks the errors of broken ones. */
final class SampleFiles {
  private SampleFiles() {}

  /** An IDX file: the magic number, the extents, then the bytes. */
  static byte[] idx(int magic, int[] extents, byte[] data) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * extents.length + data.length);
    buffer.putInt(magic);
    for (int extent : extents) {
      buffer.putInt(extent);
    }
    return buffer.put(data).array();
  }

  /** Bytes start, start + 1, …. */
  static byte[] ramp(int start, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (start + i);
    }
    return bytes;
  }

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The values of one image as 8-bit levels. */
  static int[] levels(ImageDataset data, int i) {
    float[] unit = new float[data.imageSize()];
    data.image(i, unit, 0);
    int[] levels = new int[unit.length];
    for (int k = 0; k < levels.length; k++) {
      levels[k] = Math.round((unit[k] + 1f) * 127.5f);
    }
    return levels;
  }

  static ImageDataset open(Path path) throws IOException {
    return Datasets.open(path, DatasetOptions.defaults());
  }

  /** Opening must fail; the message must name the file and hold every part. */
  static void refused(Path path, DatasetOptions options, String... parts) {
    FormatException e = assertThrows(FormatException.class, () -> Datasets.open(path, options));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith(path.resolveSibling("").toString()), message);
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
    }
  }

  static void refused(Path path, String... parts) {
    refused(path, DatasetOptions.defaults(), parts);
  }

  static Path write(Path file, byte[] content) throws IOException {
    return Files.write(file, content);
  }
}
