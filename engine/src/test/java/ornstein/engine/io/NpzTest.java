package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.engine.Shape;

class NpzTest {
  @TempDir Path folder;

  private Path resource(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = NpzTest.class.getResourceAsStream(name)) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  private Path zip(String name, byte[]... entries) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < entries.length; i++) {
        zip.putNextEntry(new ZipEntry("arr_" + i + ".npy"));
        zip.write(entries[i]);
        zip.closeEntry();
      }
    }
    return file;
  }

  private static void refused(Path file, @Nullable String entry, String... parts) {
    FormatException e = assertThrows(FormatException.class, () -> Npz.read(file));
    String message = String.valueOf(e.getMessage());
    assertEquals(file.toString(), e.file());
    assertEquals(entry, e.entry(), message);
    assertTrue(message.startsWith(file + ": " + (entry == null ? "" : "'" + entry + "'")), message);
    for (String part : parts) {
      assertTrue(message.contains(part), message + " should contain " + part);
    }
  }

  @Test
  void whatNumpyWritesIsRead() throws IOException {
    for (String name : List.of("numpy.npz", "numpy_compressed.npz")) {
      SequencedMap<String, NpyArray> arrays = Npz.read(resource(name));
      assertEquals(
          List.of("f4", "f8", "f2", "i8", "i4", "u1", "b1", "fortran", "scalar", "empty"),
          List.copyOf(arrays.keySet()));
      NpyArray f4 = present(arrays.get("f4"));
      assertEquals(Shape.of(2, 3), f4.shape());
      assertArrayEquals(
          new float[] {1.5f, -2.25f, Float.POSITIVE_INFINITY, 1e-40f, Float.NaN, 0.1f},
          f4.floats());
      assertArrayEquals(new double[] {Math.PI, -1e300}, present(arrays.get("f8")).doubles());
      assertArrayEquals(new float[] {65504, 0x1p-24f, -0f}, present(arrays.get("f2")).floats());
      assertArrayEquals(
          new long[] {Long.MIN_VALUE, Long.MAX_VALUE}, present(arrays.get("i8")).longs());
      NpyArray i4 = present(arrays.get("i4"));
      assertEquals(Shape.of(2, 1, 1), i4.shape());
      assertArrayEquals(new long[] {Integer.MIN_VALUE, Integer.MAX_VALUE}, i4.longs());
      NpyArray u1 = present(arrays.get("u1"));
      assertEquals(Shape.of(4, 8, 8, 1), u1.shape());
      for (int i = 0; i < 256; i++) {
        assertEquals((byte) i, u1.bytes()[i]);
      }
      assertArrayEquals(new byte[] {1, 0, 1}, present(arrays.get("b1")).bytes());
      NpyArray fortran = present(arrays.get("fortran"));
      assertEquals(Shape.of(2, 3, 4), fortran.shape());
      for (int i = 0; i < 24; i++) {
        assertEquals(i, fortran.longs()[i]);
      }
      NpyArray scalar = present(arrays.get("scalar"));
      assertEquals(Shape.scalar(), scalar.shape());
      assertArrayEquals(new float[] {3.25f}, scalar.floats());
      assertEquals(Shape.of(0, 5), present(arrays.get("empty")).shape());
    }
  }

  private static NpyArray present(@Nullable NpyArray array) {
    assertNotNull(array);
    return array;
  }

  private static SequencedMap<String, NpyArray> samples() {
    SequencedMap<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("arr_0", NpyArray.u8(Shape.of(2, 2, 2, 1), new byte[] {0, 1, 2, 3, 4, 5, 6, -1}));
    arrays.put("größe", NpyArray.i64(Shape.of(2), new long[] {3, 4}));
    return arrays;
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Path file = folder.resolve("samples.npz");
    Npz.write(file, samples());
    assertEquals(List.copyOf(samples().entrySet()), List.copyOf(Npz.read(file).entrySet()));
    Npz.write(file, new LinkedHashMap<>());
    assertTrue(Npz.read(file).isEmpty());
  }

  @Test
  void namesThatZipCannotHoldAreRefused() throws IOException {
    Path file = folder.resolve("samples.npz");
    NpyArray array = NpyArray.u8(Shape.of(1), new byte[1]);
    for (String name : List.of("é".repeat(30_001), "\uD800")) {
      SequencedMap<String, NpyArray> arrays = new LinkedHashMap<>();
      arrays.put(name, array);
      assertThrows(IllegalArgumentException.class, () -> Npz.write(file, arrays));
    }
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
    SequencedMap<String, NpyArray> longest = new LinkedHashMap<>();
    longest.put("é".repeat(30_000), array);
    Npz.write(file, longest);
    assertEquals(longest, Npz.read(file));
  }

  @Test
  void equalArraysGiveEqualBytesInEveryTimeZone() throws IOException {
    Path file = folder.resolve("samples.npz");
    TimeZone home = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
      Npz.write(file, samples());
      byte[] first = Files.readAllBytes(file);
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Pago_Pago"));
      Npz.write(file, samples());
      assertArrayEquals(first, Files.readAllBytes(file));
    } finally {
      TimeZone.setDefault(home);
    }
  }

  @Test
  void damagedArchivesAreRefused() throws IOException {
    Path file = folder.resolve("samples.npz");
    assertThrows(NoSuchFileException.class, () -> Npz.read(file));
    Files.write(file, new byte[0]);
    refused(file, null, "no npz archive");
    Npz.write(file, samples());
    byte[] good = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(good, good.length - 30));
    refused(file, null, "no npz archive");
    // The first array's data ends 8 bytes before the second local header.
    byte[] flipped = good.clone();
    flipped[30 + "arr_0.npy".length() + 128] ^= 1;
    Files.write(file, flipped);
    refused(file, "arr_0", "checksum");
  }

  @Test
  void otherContentIsRefused() throws IOException {
    Path file = folder.resolve("notes.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("notes.txt"));
    }
    refused(file, "notes.txt", "no npy array");
    refused(zip("text.npz", new byte[20]), "arr_0", "at byte 0", "does not begin");
    byte[] object = NpyTest.file(NpyTest.header("|O", "False", "(2,)"), 8);
    refused(zip("object.npz", object), "arr_0", "'|O' is not supported");
  }

  @Test
  void duplicateNamesAreRefused() throws IOException {
    byte[] array = NpyTest.file(NpyTest.header("|u1", "False", "(1,)"), 1);
    Path file = zip("twice.npz", array, array);
    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(file, content.replace("arr_1", "arr_0"), StandardCharsets.ISO_8859_1);
    refused(file, "arr_0", "appears twice");
  }

  @Test
  void bombsAreRefused() throws IOException {
    byte[] zeros = NpyTest.file(NpyTest.header("|u1", "False", "(30000000,)"), 30_000_000);
    Path bomb = zip("bomb.npz", zeros, zeros, zeros);
    refused(bomb, "arr_2", "decompression bomb");
    assertEquals(3, Npz.read(bomb, 100_000_000).size());
    byte[] fortran = NpyTest.file(NpyTest.header("|u1", "True", "(2, 20000000)"), 40_000_000);
    refused(zip("fortran.npz", fortran), "arr_0", "C order");
  }

  @Test
  void claimsBeyondTheFileAreRefusedBeforeAllocation() throws IOException {
    Path file = zip("claim.npz", NpyTest.file(NpyTest.header("|u1", "False", "(9,)"), 9));
    byte[] content = Files.readAllBytes(file);
    int directory = content.length - 22 - 46 - "arr_0.npy".length();
    content[directory + 27] = 0x02;
    Files.write(file, content);
    refused(file, "arr_0", "claims 33554", "damaged");
  }
}
