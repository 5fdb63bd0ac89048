package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static ornstein.engine.io.TorchFileTest.as;
import static ornstein.engine.io.TorchFileTest.dict;
import static ornstein.engine.io.TorchFileTest.items;
import static ornstein.engine.io.TorchFileTest.whole;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What checkpoints hold beside tensors. */
class TorchValueTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void plainValuesInEveryProtocol(int protocol) throws IOException {
    TorchDict root = dict(TorchFileTest.read("plain" + protocol + ".pt").root());
    assertEquals(TorchValue.None.NONE, root.get("none"));
    assertEquals(new TorchValue.Bool(true), root.get("true"));
    assertEquals(new TorchValue.Bool(false), root.get("false"));
    assertEquals(whole(-7), root.get("int"));
    TorchValue.Whole large = as(TorchValue.Whole.class, root.get("large"));
    assertEquals(BigInteger.ONE.shiftLeft(100), large.value());
    assertThrows(ArithmeticException.class, large::longValue);
    assertEquals(new TorchValue.Real(0.1), root.get("float"));
    assertEquals(new TorchValue.Text("größe 🎲 \uFFFD"), root.get("text"));
    assertEquals(new TorchValue.Text("x".repeat(300)), root.get("long"));
    assertArrayEquals(new byte[] {0, -1}, as(TorchValue.Bytes.class, root.get("bytes")).toArray());
    assertEquals(0, as(TorchValue.Bytes.class, root.get("nothing")).toArray().length);
    List<TorchValue> tuple = items(TorchValue.Kind.TUPLE, root.get("tuple"));
    assertEquals(whole(1), tuple.get(0));
    List<TorchValue> inner = items(TorchValue.Kind.TUPLE, tuple.get(1));
    assertEquals(new TorchValue.Real(2.5), inner.get(0));
    assertTrue(items(TorchValue.Kind.TUPLE, inner.get(1)).isEmpty());
    assertEquals(List.of(whole(3)), items(TorchValue.Kind.SET, root.get("set")));
    assertEquals(List.of(new TorchValue.Text("a")), items(TorchValue.Kind.SET, root.get("frozen")));
    assertEquals(List.of(whole(2), whole(3)), items(TorchValue.Kind.TUPLE, root.get("size")));
    assertEquals(new TorchValue.Constant("torch.bfloat16"), root.get("dtype"));
    assertEquals(new TorchValue.Constant("cpu"), root.get("cpu"));
    assertEquals(new TorchValue.Constant("cuda:1"), root.get("cuda"));
    assertEquals(new TorchValue.Real(1.5), root.get("f8"));
    assertEquals(new TorchValue.Real(-0.25), root.get("f4"));
    assertEquals(new TorchValue.Real(2), root.get("f2"));
    assertEquals(whole(-3), root.get("i8"));
    assertEquals(whole(200), root.get("u1"));
    assertEquals(new TorchValue.Bool(true), root.get("b1"));
    assertEquals(new TorchValue.Whole(new BigInteger("18446744073709551615")), root.get("u8"));
    assertEquals(new TorchValue.Constant("numpy.float32"), root.get("npdtype"));
    List<TorchValue> shared = items(TorchValue.Kind.LIST, root.get("shared"));
    assertEquals(
        List.of(whole(1), new TorchValue.Text("two")), items(TorchValue.Kind.LIST, shared.get(0)));
    assertEquals(shared.get(0), shared.get(1));
    assertEquals(new TorchValue.Text("five"), root.get(5));
    assertEquals(new TorchValue.Text("one"), root.get(1));
    List<TorchDict.Entry> last = List.copyOf(root.entries()).subList(26 + 2, 26 + 5);
    assertEquals(new TorchDict.Entry(TorchValue.None.NONE, new TorchValue.Text("no")), last.get(0));
    assertEquals(
        List.of(whole(1), new TorchValue.Text("a")),
        items(TorchValue.Kind.TUPLE, last.get(1).key()));
    assertEquals(new TorchValue.Real(2.5), last.get(2).key());
  }

  /** Checkpoints of Python 2, of GPUs and of other versions of NumPy name things differently. */
  @Test
  void namesOfOtherVersions() throws FormatException {
    byte[] pickle =
        new PickleBytes()
            .raw(
                "(dp0\nS'it\\'s \\x41\\n'\np1\nI01\nsU\u0003abcU\u0002\u00ff\u00fesVa\\u00e9\nL12L\ns")
            .text("storage")
            .op('(')
            .text("storage")
            .global("torch.cuda", "FloatStorage")
            .text("0")
            .text("cuda:0")
            .op('K', 2, 't', 'Q', 's')
            .text("numpy2")
            .global("numpy._core.multiarray", "scalar")
            .global("numpy", "dtype")
            .text("i2")
            .op(0x89, 0x88, 0x87, 'R')
            .op('(', 'K', 3)
            .text(">")
            .op('t', 'b', 'U', 2, 1, 2, 0x86, 'R', 's')
            .text("pairs")
            .global("collections", "OrderedDict")
            .op(']', ']', 'K', 1, 'a', 'K', 2, 'a', 'a', 0x85, 'R', 's')
            .text("lists")
            .raw("(lp7\nF-1.5\naFinf\nas")
            .done();
    TorchFile file =
        TorchFile.parse(PickleBytes.archive(pickle, new byte[] {0, 0, 0, 64, 0, 0, 64, 64}), "old");
    TorchDict root = dict(file.root());
    assertEquals(new TorchValue.Bool(true), root.get("it's A\n"));
    assertArrayEquals(new byte[] {-1, -2}, as(TorchValue.Bytes.class, root.get("abc")).toArray());
    assertEquals(whole(12), root.get("aé"));
    assertArrayEquals(new float[] {2, 3}, file.tensors().get("storage").floats());
    assertEquals(whole(258), root.get("numpy2"));
    assertEquals(whole(2), dict(root.get("pairs")).get(1));
    assertEquals(
        List.of(new TorchValue.Real(-1.5), new TorchValue.Real(Double.POSITIVE_INFINITY)),
        items(TorchValue.Kind.LIST, root.get("lists")));
  }
}
