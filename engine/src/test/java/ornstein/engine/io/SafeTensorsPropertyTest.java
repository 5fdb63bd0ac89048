package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import ornstein.engine.Shape;

class SafeTensorsPropertyTest {
  /** Writes to a file that lives for one call; what is in it comes back. */
  private static byte[] written(SafeTensorsWriter writer) throws IOException {
    Path file = Files.createTempFile("ornstein", ".safetensors");
    try {
      writer.write(file);
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  record Stored(DType dtype, Shape shape, long seed) {
    /** Values that the type holds exactly. */
    double[] values() {
      Random random = new Random(seed);
      double[] values = new double[shape.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (dtype) {
              case F64 -> random.nextGaussian();
              case F32 -> (float) random.nextGaussian();
              case F16, BF16 -> random.nextInt(-128, 128) / 64.0;
              case I64, I32 -> random.nextInt();
              case U8 -> random.nextInt(256);
              case BOOL -> random.nextInt(2);
            };
      }
      return values;
    }

    void addTo(SafeTensorsWriter writer, String name) {
      double[] v = values();
      float[] floats = new float[v.length];
      long[] longs = new long[v.length];
      int[] ints = new int[v.length];
      byte[] bytes = new byte[v.length];
      boolean[] bools = new boolean[v.length];
      for (int i = 0; i < v.length; i++) {
        floats[i] = (float) v[i];
        longs[i] = (long) v[i];
        ints[i] = (int) v[i];
        bytes[i] = (byte) (int) v[i];
        bools[i] = v[i] != 0;
      }
      switch (dtype) {
        case F64 -> writer.f64(name, shape, v);
        case F32 -> writer.f32(name, shape, floats);
        case F16 -> writer.f16(name, shape, floats);
        case BF16 -> writer.bf16(name, shape, floats);
        case I64 -> writer.i64(name, shape, longs);
        case I32 -> writer.i32(name, shape, ints);
        case U8 -> writer.u8(name, shape, bytes);
        case BOOL -> writer.bool(name, shape, bools);
      }
    }
  }

  @Provide
  Arbitrary<Map<String, Stored>> tensors() {
    Arbitrary<Shape> shapes =
        Arbitraries.integers()
            .between(0, 5)
            .list()
            .ofMaxSize(4)
            .map(dims -> Shape.of(dims.stream().mapToInt(Integer::intValue).toArray()));
    Arbitrary<Stored> tensors =
        Combinators.combine(Arbitraries.of(DType.class), shapes, Arbitraries.longs())
            .as(Stored::new);
    return Arbitraries.maps(texts().filter(s -> !s.equals("__metadata__")), tensors).ofMaxSize(8);
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<Integer> codePoints =
        Arbitraries.integers().between(0, 0x10FFFF).filter(c -> c < 0xD800 || c > 0xDFFF);
    return codePoints
        .list()
        .ofMaxSize(12)
        .map(
            list -> {
              StringBuilder text = new StringBuilder();
              list.forEach(text::appendCodePoint);
              return text.toString();
            });
  }

  @Provide
  Arbitrary<Map<String, String>> metadata() {
    return Arbitraries.maps(texts(), texts()).ofMaxSize(5);
  }

  @Property(tries = 100)
  void whatIsWrittenIsRead(
      @ForAll("tensors") Map<String, Stored> tensors,
      @ForAll("metadata") Map<String, String> metadata)
      throws IOException {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    metadata.forEach(writer::metadata);
    tensors.forEach((name, tensor) -> tensor.addTo(writer, name));
    byte[] content = written(writer);
    try (SafeTensors read = SafeTensors.parse(content, "round trip")) {
      assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.names()));
      assertEquals(List.copyOf(metadata.entrySet()), List.copyOf(read.metadata().entrySet()));
      for (Map.Entry<String, Stored> e : tensors.entrySet()) {
        Stored tensor = e.getValue();
        assertEquals(tensor.dtype(), read.dtype(e.getKey()));
        assertEquals(tensor.shape(), read.shape(e.getKey()));
        assertArrayEquals(tensor.values(), read.doubles(e.getKey()));
      }
    }
    assertArrayEquals(content, written(writer), "equal content, equal bytes");
  }
}
