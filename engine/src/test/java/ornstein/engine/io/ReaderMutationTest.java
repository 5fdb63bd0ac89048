package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.engine.Shape;

/**
 * Damage of every kind is either harmless or a format exception that names the file, in less than a
 * second and at most twice the file's size plus 64 MiB of memory. {@code
 * -Dornstein.mutations=1000000} tries so many files of each format instead of the few thousand that
 * the build takes.
 */
class ReaderMutationTest {
  private static final int MUTATIONS = Integer.getInteger(Mutations.COUNT, 5_000);
  private static final String NAME = "mutant";

  @TempDir Path folder;

  /** Reads all that a file holds. */
  private interface Reader {
    /** Gives the bytes of the arrays that it returned, which a caller asked for. */
    long read(byte[] content) throws IOException;
  }

  private static void tryAll(List<byte[]> samples, String source, Reader reader)
      throws IOException {
    Random random = new Random(11);
    int refused = 0;
    for (int n = 0; n < MUTATIONS; n++) {
      byte[] bad = Mutations.mutate(samples.get(n % samples.size()), random);
      ThreadUse start = ThreadUse.now();
      long read = 0;
      try {
        read = reader.read(bad);
      } catch (FormatException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith(source + ": "), e.getMessage());
        refused++;
      }
      ThreadUse use = ThreadUse.since(start);
      long allowed = TorchBombTest.allowedBytes(bad.length) + read;
      assertTrue(use.bytes() <= allowed, () -> use + " where " + allowed + " are allowed");
      assertTrue(use.nanoseconds() < 1_000_000_000, use::toString);
    }
    assertTrue(refused > MUTATIONS / 20, "the mutations do reach the checks: " + refused);
    assertTrue(refused < MUTATIONS, "some damage is harmless");
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ReaderMutationTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private byte[] safeTensors() throws IOException {
    SafeTensorsWriter writer = new SafeTensorsWriter().metadata("größe", "🎲").metadata("k", "v");
    Shape shape = Shape.of(2, 3);
    float[] six = {1, 2, 3, 4, 5, 6};
    writer.f32("a.f32", shape, six).f16("a.f16", shape, six).bf16("a.bf16", shape, six);
    writer.f64("b.f64", shape, new double[6]).i64("b.i64", shape, new long[6]);
    writer.i32("c.i32", shape, new int[6]).u8("c.u8", shape, new byte[6]);
    writer.bool("c.bool", shape, new boolean[6]);
    writer.f32("scalar", Shape.scalar(), new float[1]).f32("none", Shape.of(0), new float[0]);
    Path file = folder.resolve("good.safetensors");
    writer.write(file);
    return Files.readAllBytes(file);
  }

  @Test
  void safeTensorsFiles() throws IOException {
    tryAll(
        List.of(safeTensors()),
        NAME,
        content -> {
          long read = 0;
          try (SafeTensors tensors = SafeTensors.parse(content, NAME)) {
            for (String name : tensors.names()) {
              float[] values = tensors.floats(name);
              assertEquals(tensors.shape(name).size(), values.length);
              assertEquals(values.length, tensors.doubles(name).length);
              read += 12L * values.length;
            }
          }
          return read;
        });
  }

  @Test
  void arrays() throws IOException {
    tryAll(
        List.of(
            NpyTest.file(NpyTest.header("<f4", "True", "(2, 3)"), 24),
            NpyTest.file(NpyTest.header("|u1", "False", "(9,)"), 9),
            resource("version2.npy"),
            resource("version3.npy")),
        NAME,
        content -> {
          NpyArray array = Npy.parse(content, NAME);
          assertEquals(array.shape().size(), array.floats().length);
          return 4L * array.shape().size();
        });
  }

  @Test
  void archivesOfArrays() throws IOException {
    Path file = folder.resolve("mutant.npz");
    tryAll(
        List.of(resource("numpy.npz"), resource("numpy_compressed.npz")),
        file.toString(),
        content -> {
          Files.write(file, content);
          long read = 0;
          SequencedMap<String, NpyArray> arrays = Npz.read(file);
          for (NpyArray array : arrays.values()) {
            assertEquals(array.shape().size(), array.floats().length);
            read += 4L * array.shape().size();
          }
          return read;
        });
  }
}
