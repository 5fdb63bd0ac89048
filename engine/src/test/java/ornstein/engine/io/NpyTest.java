package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

class NpyTest {
  @TempDir Path folder;

  /** A version 1.0 file with this dictionary, unpadded. */
  static byte[] file(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(text.length);
    out.write(text.length >>> 8);
    out.writeBytes(text);
    out.writeBytes(new byte[dataBytes]);
    return out.toByteArray();
  }

  static String header(String descr, String order, String shape) {
    return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n".formatted(descr, order, shape);
  }

  private static void refused(byte[] content, String... parts) {
    FormatException e = assertThrows(FormatException.class, () -> Npy.parse(content, "bad.npy"));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("bad.npy: at byte " + e.offset()), message);
    assertTrue(e.offset() >= 0 && e.offset() <= content.length, message);
    for (String part : parts) {
      assertTrue(message.contains(part), message + " should contain " + part);
    }
  }

  @Test
  void everyTypeComesBack() throws IOException {
    List<NpyArray> arrays =
        List.of(
            NpyArray.f64(Shape.of(2), new double[] {Math.PI, -1e300}),
            NpyArray.f32(Shape.of(2, 1), new float[] {-0f, Float.NaN}),
            NpyArray.f16(Shape.of(3), new float[] {1.5f, 0x1p-24f, 1e9f}),
            NpyArray.i64(Shape.of(1, 2), new long[] {Long.MIN_VALUE, 1}),
            NpyArray.i32(Shape.scalar(), new int[] {-7}),
            NpyArray.u8(Shape.of(2, 2), new byte[] {0, 1, -1, -128}),
            NpyArray.bool(Shape.of(2), new boolean[] {true, false}),
            NpyArray.f32(Shape.of(0, 3), new float[0]));
    for (NpyArray array : arrays) {
      Path file = folder.resolve("x.npy");
      Npy.write(file, array);
      NpyArray read = Npy.read(file);
      assertEquals(array, read);
      assertEquals(array.hashCode(), read.hashCode());
      assertArrayEquals(array.doubles(), read.doubles());
      assertEquals(0, Npy.header(array).length % 64);
    }
    assertArrayEquals(new double[] {Math.PI, -1e300}, arrays.get(0).doubles());
    assertArrayEquals(
        new float[] {1.5f, 0x1p-24f, Float.POSITIVE_INFINITY}, arrays.get(2).floats());
    assertArrayEquals(new long[] {Long.MIN_VALUE, 1}, arrays.get(3).longs());
    assertArrayEquals(new long[] {0, 1, 255, 128}, arrays.get(5).longs());
    assertArrayEquals(new byte[] {0, 1, -1, -128}, arrays.get(5).bytes());
    assertArrayEquals(new byte[] {1, 0}, arrays.get(6).bytes());
    assertNotEquals(arrays.get(0), arrays.get(1));
  }

  @Test
  void wholeNumbersAreNotTakenFromFractions() {
    NpyArray array = NpyArray.f32(Shape.of(1), new float[1]);
    FormatException e = assertThrows(FormatException.class, array::longs);
    assertTrue(String.valueOf(e.getMessage()).contains("type F32"));
    assertThrows(FormatException.class, array::bytes);
    assertThrows(ShapeException.class, () -> NpyArray.f32(Shape.of(2), new float[1]));
  }

  @Test
  void laterVersionsAreRead() throws IOException {
    for (String name : List.of("version2.npy", "version3.npy")) {
      try (InputStream in = NpyTest.class.getResourceAsStream(name)) {
        NpyArray array = Npy.parse(in.readAllBytes(), name);
        assertArrayEquals(new double[] {Math.PI, -1e300}, array.doubles());
      }
    }
  }

  @Test
  void otherSpellingsOfTheHeaderAreRead() throws IOException {
    String[] headers = {
      "{\"descr\":\"<f4\",\"fortran_order\":False,\"shape\":(2,3)}",
      " { 'shape' : ( 2L , 3L , ) , 'fortran_order' : False , 'descr' : '<f4' , } \n",
    };
    for (String header : headers) {
      assertEquals(Shape.of(2, 3), Npy.parse(file(header, 24), "x").shape());
    }
  }

  @Test
  void fortranOrderIsTransposed() throws IOException {
    byte[] content = file(header("|u1", "True", "(2, 3)"), 6);
    for (int i = 0; i < 6; i++) {
      content[content.length - 6 + i] = (byte) i;
    }
    assertArrayEquals(new byte[] {0, 2, 4, 1, 3, 5}, Npy.parse(content, "x").bytes());
  }

  @Test
  void badFilesAreRefused() {
    refused(new byte[0], "does not begin");
    refused("a text, not an array".getBytes(StandardCharsets.UTF_8), "does not begin");
    byte[] good = file(header("<f4", "False", "(2,)"), 8);
    byte[] version = good.clone();
    version[6] = 4;
    refused(version, "npy version 4.0");
    byte[] length = good.clone();
    length[9] = 127;
    refused(length, "header length", "beyond");
    refused(Arrays.copyOf(good, good.length - 1), "truncated", "takes 8", "7 follow");
    refused(Arrays.copyOf(good, good.length + 1), "too long", "9 follow");
  }

  @Test
  void badHeadersAreRefused() {
    refused(file(header("|O", "False", "(2,)"), 8), "'|O' is not supported", "<f4");
    refused(file(header(">f4", "False", "(2,)"), 8), "'>f4' is not supported", ".astype()");
    refused(
        file("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }", 8),
        "structured");
    refused(file(header("<f4", "Maybe", "(2,)"), 8), "True or False");
    refused(file(header("<f4", "False", "(-2,)"), 8), "at least 0");
    refused(file(header("<f4", "False", "(2.5,)"), 8), "expected");
    refused(file(header("<f4", "False", "(2)"), 8), "not a tuple");
    refused(file(header("<f4", "False", "(2"), 8), "at least 0");
    refused(file(header("<f4", "False", "[2]"), 8), "'(' expected");
    refused(file(header("<f4", "False", "(2147483648,)"), 0), "exceeds 2^31-1");
    refused(file(header("<f4", "False", "(99999999999999999999999,)"), 0), "exceeds 2^31-1");
    refused(file(header("<f4", "False", "(65536, 65536)"), 0), "2^31-1 elements");
    refused(file(header("<f4", "False", "(" + "1,".repeat(65) + ")"), 4), "more than 64");
    refused(file("{'descr': '<f4', 'shape': (2,)}", 8), "fortran_order is missing");
    refused(file("{'descr': '<f4', 'descr': '<f4'}", 8), "appears twice");
    refused(file("{'magic': 1}", 8), "unknown key 'magic'");
    refused(file(header("<f4", "False", "(2,)") + "x", 8), "something follows");
    refused(file("", 8), "'{' expected");
    refused(file("{'descr", 8), "quoted");
  }
}
