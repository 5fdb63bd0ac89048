package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One bad checkpoint of each kind; the message names file, entry and offset. */
class TorchFaultTest {
  private static final String PICKLE = "archive/data.pkl";

  static FormatException refused(byte[] content, @Nullable String entry, String... parts) {
    FormatException e =
        assertThrows(FormatException.class, () -> TorchFile.parse(content, "bad.pt"));
    String message = String.valueOf(e.getMessage());
    assertEquals("bad.pt", e.file());
    assertEquals(entry, e.entry(), message);
    assertTrue(message.startsWith("bad.pt: "), message);
    for (String part : parts) {
      assertTrue(message.contains(part), message + " should contain " + part);
    }
    return e;
  }

  private static FormatException refused(PickleBytes pickle, String... parts) {
    byte[] bytes = pickle.done();
    FormatException zip = refused(PickleBytes.archive(bytes, new byte[24]), PICKLE, parts);
    assertTrue(zip.offset() <= bytes.length);
    refused(PickleBytes.legacy(bytes, 6, new byte[24]), null, parts);
    return zip;
  }

  private static PickleBytes pickle() {
    return PickleBytes.pickle();
  }

  private static PickleBytes tensor(long[] size, long[] stride) {
    return pickle().tensor(6, 0, size, stride);
  }

  @Test
  void theGoodFilesOfTheseTestsAreGood() throws FormatException {
    byte[] bytes = tensor(new long[] {2, 3}, new long[] {3, 1}).done();
    byte[] storage = new byte[24];
    assertEquals(1, TorchFile.parse(PickleBytes.archive(bytes, storage), "good").tensors().size());
    assertEquals(
        1, TorchFile.parse(PickleBytes.legacy(bytes, 6, storage), "good").tensors().size());
  }

  @Test
  void whatPythonWouldRunIsRefusedByItsName() throws IOException {
    refused(
        TorchFileTest.resource("evil.pt"), "evil/data.pkl", "'posix.system'", "nothing was run");
    refused(TorchFileTest.resource("evil4.pt"), "evil4/data.pkl", "'posix.system'");
    refused(TorchFileTest.resource("evil_legacy.pt"), null, "'posix.system'");
    refused(
        TorchFileTest.resource("module.pt"),
        "module/data.pkl",
        "'torch.nn.modules.linear.Linear'",
        "torch.save(model.state_dict(), file)");
    refused(TorchFileTest.resource("script.pt"), null, "TorchScript", "torch.jit.load");
    for (String name :
        List.of(
            "os.system",
            "builtins.eval",
            "builtins.getattr",
            "torch.storage._load_from_bytes",
            "torch.load",
            "collections.defaultdict",
            "numpy.core.multiarray._reconstruct",
            "torch._utils._rebuild_qtensor")) {
      int dot = name.lastIndexOf('.');
      String module = name.substring(0, dot);
      String last = name.substring(dot + 1);
      FormatException e =
          refused(pickle().op('N').global(module, last), "the global '" + name + "'");
      assertEquals(3, e.offset());
      refused(pickle().text(module).text(last).op(0x93), "the global '" + name + "'");
      refused(pickle().op('(').text("id").raw("i" + module + "\n" + last + "\n"), name);
    }
    // A dotted name walks through attributes in Python.
    refused(pickle().text("torch").text("_utils._rebuild_tensor_v2").op(0x93), "the global");
    refused(pickle().text("torch").text("Size.__class__").op(0x93), "the global");
  }

  @Test
  void hostileNamesDoNotReachTheTerminal() {
    FormatException e = refused(pickle().text("\u001b[31m").text("x".repeat(10_000)).op(0x93));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("'?[31m.xx"), message);
    assertTrue(message.length() < 500, message);
  }

  @Test
  void whatIsCalledMustBeAFunctionWithItsArguments() {
    refused(pickle().text("x").op(')', 'R'), "no function");
    refused(pickle().global("torch", "float32").op(')', 'R'), "no function");
    refused(pickle().global("torch", "Size").op(']', 'R'), "no tuple");
    refused(pickle().global("torch", "Size").op(')', 'R'), "argument 1", "a tuple");
    refused(pickle().op('(', 'o'), "nothing to be called");
    refused(pickle().global("torch._utils", "_rebuild_tensor_v2").op(')', 'R'), "a storage");
    refused(pickle().global("torch._utils", "_rebuild_parameter").op('N', 0x85, 'R'), "a tensor");
    refused(pickle().global("torch", "device").op('N', 0x85, 'R'), "a text");
    refused(pickle().global("collections", "OrderedDict").op('N', 0x85, 'R'), "list of pairs");
    refused(pickle().global("collections", "OrderedDict").op(']', 'N', 'a', 0x85, 'R'), "pairs");
    refused(pickle().global("_codecs", "encode").text("a").text("hex").op(0x86, 'R'), "'hex'");
    refused(pickle().global("_codecs", "encode").text("€").text("latin1").op(0x86, 'R'), "Latin-1");
    refused(pickle().global("numpy", "dtype").text("O8").op(0x85, 'R'), "'O8'", "plain number");
    refused(
        pickle()
            .global("numpy.core.multiarray", "scalar")
            .global("numpy", "dtype")
            .text("f8")
            .op(0x85, 'R', 'C', 1, 0, 0x86, 'R'),
        "bytes of its type");
    refused(pickle().op(']', '}', 'b'), "the state of an object");
    refused(pickle().op('}', ']', 'b'), "attributes of a dict are no dict");
    refused(pickle().op('}', '}', 'N', 'N', 's', 'b'), "named by something other than a text");
  }

  @Test
  void namesAreNoValues() {
    refused(pickle().global("torch", "Size"), "a name of Python");
    refused(pickle().op(']').global("torch", "FloatStorage").op('a'), "a name of Python");
  }

  @Test
  void onlyStoragesLieOutside() {
    refused(pickle().text("x").op('Q'), "is no storage");
    refused(pickle().op('(').text("module").op('N', 'N', 'N', 'N', 't', 'Q'), "is no storage");
    refused(pickle().op('(').text("storage").op('N', 'N', 'N', 'N', 't', 'Q'), "type of storage");
    refused(pickle().raw("Pstorage\n"), "0x50");
    refused(pickle().storage("0", -1), "-1 elements");
    refused(pickle().storage("0", Long.MAX_VALUE), "9223372036854775807 elements");
    byte[] missing = pickle().storage("1", 6).done();
    refused(PickleBytes.archive(missing, new byte[24]), "archive/data/1", "is missing");
    refused(PickleBytes.legacy(missing, 6, new byte[24]), null, "belongs to no tensor");
    byte[] tooLarge = pickle().storage("0", 7).done();
    refused(
        PickleBytes.archive(tooLarge, new byte[24]),
        "archive/data/0",
        "has 24 bytes where 28 are needed");
    refused(PickleBytes.legacy(tooLarge, 6, new byte[24]), "0", "has 24 bytes where 28 are needed");
  }

  @Test
  void tensorsStayInTheirStorage() {
    refused(tensor(new long[] {7}, new long[] {1}), "[7] reaches beyond", "6 elements");
    refused(tensor(new long[] {2, 3}, new long[] {4, 1}), "reaches beyond");
    refused(tensor(new long[] {2}, new long[] {-1}), "reaches beyond");
    refused(tensor(new long[] {2}, new long[] {Long.MAX_VALUE}), "reaches beyond");
    refused(
        tensor(new long[] {3, 3, 3}, new long[] {1L << 62, 1L << 62, 1L << 62}), "reaches beyond");
    refused(pickle().tensor(6, 5, new long[] {2}, new long[] {1}), "reaches beyond");
    refused(pickle().tensor(6, 6, new long[] {}, new long[] {}), "reaches beyond");
    refused(pickle().tensor(6, -1, new long[] {1}, new long[] {1}), "reaches beyond");
    refused(pickle().tensor(6, 7, new long[] {0}, new long[] {1}), "reaches beyond");
    refused(pickle().tensor(0, 0, new long[] {}, new long[] {}), "holds 0 elements");
    refused(tensor(new long[] {2}, new long[] {1, 1}), "1 extents and 2 strides");
    refused(tensor(new long[65], new long[65]), "at most 64");
    refused(tensor(new long[] {-1}, new long[] {1}), "extent -1");
    refused(tensor(new long[] {1L << 31}, new long[] {0}), "extent 2147483648");
    refused(tensor(new long[] {1 << 16, 1 << 16}, new long[] {0, 0}), "2^31-1 elements");
    refused(tensor(new long[] {1 << 30}, new long[] {0}), "repeats the 6 elements", "contiguous()");
  }

  @Test
  void damagedPickles() {
    refused(pickle().op('0'), "empty stack");
    refused(pickle().op('N', '(', '0', '0'), "empty stack");
    refused(pickle().op('('), "empty stack");
    refused(pickle().op('N', 0x87), "empty stack");
    refused(pickle().op('t'), "a mark that it never set");
    refused(pickle().op('h', 3), "recalls value 3");
    refused(pickle().raw("gx\n"), "'x' is no index");
    refused(pickle().op('N', 'N', 'a'), "no list");
    refused(pickle().op('N', 'N', 'N', 's'), "no dict");
    refused(pickle().op('N', '(', 'N', 0x90), "no set");
    refused(pickle().op('}', '(', 'N', 'u'), "last key has no value");
    refused(pickle().op('N', 'N', 0x93), "something other than texts");
    refused(pickle().op(0x82, 1), "0x82 is no pickle opcode");
    refused(pickle().op(0x80, 6), "protocol 6");
    refused(pickle().raw("I1x\n"), "'1x' is no whole number");
    refused(pickle().raw("Fx\n"), "'x' is no number");
    refused(pickle().raw("Sabc\n"), "not in quotes");
    refused(pickle().raw("S'\\q'\n"), "backslash before 'q'");
    refused(pickle().raw("S'\\x1'\n"), "hexadecimal");
    refused(pickle().raw("V\\u12\n"), "hexadecimal");
    refused(pickle().raw("V\\U00110000\n"), "beyond Unicode");
    refused(pickle().raw("I" + "9".repeat(1001) + "\n"), "longer than 320");
    refused(pickle().op(0x8B).le(401, 4), "a whole number of 401 bytes");
    refused(pickle().op('X').le(2, 4).op(0xC3, 0x28), "malformed UTF-8");
    refused(pickle().op('X').le(0xFFFF_FFFFL, 4), "over the limit");
    refused(pickle().op(0x8D).le(-1, 8), "truncated: 18446744073709551615 bytes are needed");
    refused(pickle().op('X').le(10_000, 4), "truncated: 10000 bytes are needed");
    refused(pickle().op('}', ']', 'N', 's'), "a key that this reader does not take");
    refused(pickle().op('}').text("k".repeat(1024)).op('N', 's'), "does not take");
  }

  @Test
  void otherFiles(@TempDir Path folder) throws IOException {
    refused(new byte[0], null, "neither as a zip archive nor");
    refused(new byte[600], null, "neither as a zip archive nor");
    refused(pickle().op('}').done(), null, "another pickle");
    byte[] version = PickleBytes.legacy(pickle().op('N').done(), 0, new byte[0]);
    version[18] ^= 1;
    refused(version, null, "version is not 1001");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      PickleBytes.store(zip, "a/data.pkl", pickle().op('N').done());
      PickleBytes.store(zip, "b/data.pkl", pickle().op('N').done());
    }
    refused(bytes.toByteArray(), "b/data.pkl", "second pickle");
    bytes.reset();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      PickleBytes.store(zip, "data.pkl", pickle().op('N').done());
    }
    refused(bytes.toByteArray(), null, "has no <name>/data.pkl");
    bytes.reset();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      PickleBytes.store(zip, "a/data.pkl", pickle().op('N').done());
      PickleBytes.store(zip, "a/byteorder", new byte[] {'b', 'i', 'g', '!'});
    }
    refused(bytes.toByteArray(), "a/byteorder", "neither little nor big");
    assertThrows(NoSuchFileException.class, () -> TorchFile.open(folder.resolve("none.pt")));
    FormatException e = assertThrows(FormatException.class, () -> TorchFile.open(folder));
    assertTrue(String.valueOf(e.getMessage()).contains("not a regular file"));
    Path file = folder.resolve("empty.pt");
    Files.createFile(file);
    assertThrows(FormatException.class, () -> TorchFile.open(file));
  }

  @Test
  void tensorsOfTheSameName() throws FormatException {
    byte[] pickle =
        pickle()
            .op('}')
            .text("a.b")
            .storage("0", 1)
            .op('s')
            .text("a")
            .op('}')
            .text("b")
            .storage("0", 2)
            .op('s', 's')
            .done();
    TorchFile file = TorchFile.parse(PickleBytes.archive(pickle, new byte[8]), "bad.pt");
    FormatException e = assertThrows(FormatException.class, file::tensors);
    assertEquals("a.b", e.entry());
    assertTrue(String.valueOf(e.getMessage()).contains("names two tensors"), e.getMessage());
  }
}
