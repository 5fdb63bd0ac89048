package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.engine.Shape;

/** Checkpoints that PyTorch wrote; {@code torch/make.py} among the resources made them. */
class TorchFileTest {
  @TempDir Path folder;

  static byte[] resource(String name) throws IOException {
    try (InputStream in = TorchFileTest.class.getResourceAsStream("/torch/" + name)) {
      assertNotNull(in, name);
      return in.readAllBytes();
    }
  }

  static TorchFile read(String name) throws IOException {
    return TorchFile.parse(resource(name), name);
  }

  static <T extends TorchValue> T as(Class<T> type, TorchValue value) {
    return assertInstanceOf(type, value);
  }

  static TorchDict dict(TorchValue value) {
    return as(TorchDict.class, value);
  }

  static List<TorchValue> items(TorchValue.Kind kind, TorchValue value) {
    TorchValue.Sequence sequence = as(TorchValue.Sequence.class, value);
    assertEquals(kind, sequence.kind());
    return sequence.items();
  }

  static TorchValue.Whole whole(long value) {
    return new TorchValue.Whole(BigInteger.valueOf(value));
  }

  /** {@code start, start + 1, ...} */
  private static float[] range(int start, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = start + i;
    }
    return values;
  }

  private static void assertModel(SequencedMap<String, TorchTensor> tensors) throws IOException {
    assertEquals(
        List.of(
            "0.weight",
            "0.bias",
            "1.weight",
            "1.bias",
            "1.running_mean",
            "1.running_var",
            "1.num_batches_tracked"),
        List.copyOf(tensors.keySet()));
    int k = 0;
    for (TorchTensor tensor : tensors.values()) {
      Shape shape = k == 0 ? Shape.of(3, 2, 3, 3) : k < 6 ? Shape.of(3) : Shape.scalar();
      assertEquals(shape, tensor.shape());
      assertEquals(k < 6 ? DType.F32 : DType.I64, tensor.dtype());
      assertArrayEquals(range(100 * k, shape.size()), tensor.floats());
      k++;
    }
    assertArrayEquals(new long[] {600}, tensors.sequencedValues().getLast().longs());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state_dict.pt",
        "state_dict_legacy.pt",
        "state_dict_protocol4.pt",
        "state_dict_legacy5.pt"
      })
  void stateDict(String name) throws IOException {
    TorchFile file = read(name);
    assertModel(file.tensors());
    TorchDict root = dict(file.root());
    assertEquals(
        "0.weight", as(TorchValue.Text.class, root.entries().iterator().next().key()).value());
    TorchDict metadata = dict(root.attributes().get("_metadata"));
    assertEquals(whole(2), dict(metadata.get("1")).get("version"));
    assertTrue(metadata.attributes().isEmpty());
  }

  @Test
  void aFileIsMappedUntilItIsClosed() throws IOException {
    Path path = folder.resolve("model.pt");
    Files.write(path, resource("state_dict.pt"));
    TorchTensor weight;
    try (TorchFile file = TorchFile.open(path)) {
      assertModel(file.tensors());
      weight = file.tensors().get("0.weight");
    }
    assertThrows(IllegalStateException.class, weight::floats);
    Files.write(path, resource("state_dict_legacy.pt"));
    try (TorchFile file = TorchFile.open(path)) {
      assertModel(file.tensors());
    }
  }

  @Test
  void aFileThatIsCutWhileItIsOpenIsReported() throws IOException {
    Path path = folder.resolve("model.pt");
    byte[] storage = new byte[1 << 20];
    byte[] pickle =
        PickleBytes.pickle().tensor(1 << 18, 0, new long[] {1 << 18}, new long[] {1}).done();
    Files.write(path, PickleBytes.archive(pickle, storage));
    try (TorchFile file = TorchFile.open(path)) {
      TorchTensor tensor = file.tensors().get("");
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.truncate(100);
      }
      FormatException e = assertThrows(FormatException.class, tensor::floats);
      assertTrue(String.valueOf(e.getMessage()).contains("changed while it was open"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkpoint.pt", "checkpoint_legacy.pt", "deflated.pt"})
  void checkpointOfModelAndOptimizer(String name) throws IOException {
    TorchFile file = read(name);
    List<TorchValue> parts = items(TorchValue.Kind.LIST, file.root());
    assertEquals(5, parts.size());
    assertModel(file.tensors(parts.get(0)));
    assertModel(file.tensors(parts.get(4)));
    assertEquals(whole(7), parts.get(2));
    assertEquals(12345, as(TorchValue.Whole.class, parts.get(3)).longValue());
    TorchDict adam = dict(parts.get(1));
    TorchDict group = dict(items(TorchValue.Kind.LIST, adam.get("param_groups")).getFirst());
    assertEquals(new TorchValue.Real(2e-4), group.get("lr"));
    assertEquals(
        List.of(new TorchValue.Real(0.9), new TorchValue.Real(0.999)),
        items(TorchValue.Kind.TUPLE, group.get("betas")));
    assertEquals(new TorchValue.Bool(false), group.get("amsgrad"));
    TorchDict first = dict(dict(adam.get("state")).get(0));
    assertArrayEquals(new float[] {1}, as(TorchTensor.class, first.get("step")).floats());
    assertNull(first.get("momentum"));
    assertNull(first.get(0));

    SequencedMap<String, TorchTensor> all = file.tensors();
    assertEquals(Shape.of(3, 2, 3, 3), all.get("1.state.0.exp_avg").shape());
    assertArrayEquals(range(100, 3), all.get("0.0.bias").floats());
    assertArrayEquals(range(500, 3), all.get("4.1.running_var").floats());
    assertEquals(7 + 4 * 3 + 7, all.size());
    assertThrows(UnsupportedOperationException.class, () -> all.remove("4.1.running_var"));
    assertThrows(UnsupportedOperationException.class, () -> parts.add(TorchValue.None.NONE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dtypes.pt", "dtypes_legacy.pt"})
  void everyType(String name) throws IOException {
    SequencedMap<String, TorchTensor> tensors = read(name).tensors();
    for (String real : List.of("float64", "float32", "float16", "bfloat16")) {
      assertArrayEquals(new float[] {-2, -0.5f, 0, 1, 3}, tensors.get(real).floats());
      assertArrayEquals(new double[] {-2, -0.5, 0, 1, 3}, tensors.get(real).doubles());
      assertThrows(FormatException.class, () -> tensors.get(real).longs());
    }
    for (String small : List.of("int32", "int16", "int8")) {
      assertEquals(DType.I32, tensors.get(small).dtype());
      assertArrayEquals(new long[] {-2, 0, 0, 1, 3}, tensors.get(small).longs());
      assertArrayEquals(new float[] {-2, 0, 0, 1, 3}, tensors.get(small).floats());
      assertArrayEquals(new double[] {-2, 0, 0, 1, 3}, tensors.get(small).doubles());
    }
    assertArrayEquals(new long[] {-(1L << 62), 0, 0, 1, 3}, tensors.get("int64").longs());
    assertArrayEquals(new float[] {-0x1p62f, 0, 0, 1, 3}, tensors.get("int64").floats());
    assertArrayEquals(new long[] {255, 0, 0, 1, 3}, tensors.get("uint8").longs());
    assertArrayEquals(new long[] {1, 1, 0, 1, 1}, tensors.get("bool").longs());
    assertEquals(
        List.of(
            DType.F64,
            DType.F32,
            DType.F16,
            DType.BF16,
            DType.I64,
            DType.I32,
            DType.I32,
            DType.I32,
            DType.U8,
            DType.BOOL),
        tensors.values().stream().map(TorchTensor::dtype).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"views.pt", "views_legacy.pt", "bigendian.pt"})
  void viewsOfSharedStorages(String name) throws IOException {
    SequencedMap<String, TorchTensor> tensors = read(name).tensors();
    assertEquals(10, tensors.size());
    assertArrayEquals(range(0, 24), tensors.get("base").floats());
    assertEquals(Shape.of(6, 4), tensors.get("transposed").shape());
    float[] transposed = new float[24];
    float[] permuted = new float[24];
    for (int i = 0; i < 24; i++) {
      transposed[i] = i % 4 * 6 + i / 4;
      permuted[i] = i % 6 * 4 + i / 6;
    }
    assertArrayEquals(transposed, tensors.get("transposed").floats());
    assertEquals(Shape.of(4, 2, 3), tensors.get("permuted").shape());
    assertArrayEquals(permuted, tensors.get("permuted").floats());
    assertEquals(Shape.of(2, 2), tensors.get("column").shape());
    assertArrayEquals(new float[] {6, 10, 18, 22}, tensors.get("column").floats());
    assertArrayEquals(new double[] {6, 10, 18, 22}, tensors.get("column").doubles());
    assertArrayEquals(range(20, 4), tensors.get("tail").floats());
    assertEquals(Shape.of(2, 5), tensors.get("expanded").shape());
    assertArrayEquals(new float[] {3, 3, 3, 3, 3, 3, 3, 3, 3, 3}, tensors.get("expanded").floats());
    assertEquals(Shape.scalar(), tensors.get("scalar").shape());
    assertArrayEquals(new float[] {3.25f}, tensors.get("scalar").floats());
    assertEquals(Shape.of(0, 5), tensors.get("empty").shape());
    assertEquals(0, tensors.get("empty").floats().length);
    assertArrayEquals(range(0, 3), tensors.get("parameter").floats());
    assertArrayEquals(range(5, 2), tensors.get("storage").floats());
  }

  /** A strided tensor is collected in pieces. */
  @Test
  void aLargeTransposedTensor() throws FormatException {
    int rows = 130;
    int columns = 170;
    byte[] storage = new byte[4 * rows * columns];
    for (int i = 0; i < rows * columns; i++) {
      int bits = Float.floatToIntBits(i);
      for (int b = 0; b < 4; b++) {
        storage[4 * i + b] = (byte) (bits >>> (8 * b));
      }
    }
    byte[] pickle =
        PickleBytes.pickle()
            .tensor((long) rows * columns, 0, new long[] {columns, rows}, new long[] {1, columns})
            .done();
    float[] values =
        TorchFile.parse(PickleBytes.archive(pickle, storage), "t").tensors().get("").floats();
    for (int i = 0; i < values.length; i++) {
      assertEquals(i % rows * columns + i / rows, values[i]);
    }
  }

  @Test
  void aTensorAloneHasNoName() throws FormatException {
    byte[] pickle = PickleBytes.pickle().tensor(1, 0, new long[] {1}, new long[] {1}).done();
    byte[] one = {0, 0, (byte) 0x80, 0x3F};
    TorchFile zip = TorchFile.parse(PickleBytes.archive(pickle, one), "zip");
    assertArrayEquals(new float[] {1}, zip.tensors().get("").floats());
    TorchFile legacy = TorchFile.parse(PickleBytes.legacy(pickle, 1, one), "legacy");
    assertArrayEquals(new float[] {1}, legacy.tensors().get("").floats());
  }
}
