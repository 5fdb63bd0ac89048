package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files that ask for much memory or time. */
class TorchBombTest {

  /** What the reader promises, and what JVM and test need beside. */
  static long allowedBytes(long fileBytes) {
    return 2 * fileBytes + (64L << 20);
  }

  private static String outcome(byte[] content) {
    ThreadUse start = ThreadUse.now();
    String message;
    try (TorchFile file = TorchFile.parse(content, "bomb.pt")) {
      message = "read: " + file.tensors().size();
    } catch (FormatException e) {
      message = String.valueOf(e.getMessage());
    }
    ThreadUse use = ThreadUse.since(start);
    String measured = message + " after " + use;
    assertTrue(use.bytes() <= allowedBytes(content.length), measured);
    assertTrue(use.nanoseconds() < 1_000_000_000, measured);
    return message;
  }

  private static void stopped(PickleBytes pickle, String part) {
    byte[] bytes = pickle.done();
    String zip = outcome(PickleBytes.archive(bytes, new byte[24]));
    assertTrue(zip.contains(part), zip);
    String legacy = outcome(PickleBytes.legacy(bytes, 6, new byte[24]));
    assertTrue(legacy.contains(part), legacy);
  }

  private static PickleBytes pickle() {
    return PickleBytes.pickle();
  }

  private static final String MEMORY = "bytes of memory";

  @Test
  void floods() {
    int n = 5_000_000;
    stopped(pickle().times(n, '}'), MEMORY);
    stopped(pickle().times(n, ']'), MEMORY);
    stopped(pickle().times(n, ')'), MEMORY);
    stopped(pickle().times(n, 0x8F), MEMORY);
    stopped(pickle().times(n, '('), MEMORY);
    stopped(pickle().times(n, '(', 't'), MEMORY);
    stopped(pickle().times(n, 'K', 1), MEMORY);
    stopped(pickle().times(n, 'U', 0), MEMORY);
    stopped(pickle().op(']').times(n, 'K', 1, 'a'), MEMORY);
    stopped(pickle().op(']').times(n, 'N', 'a'), MEMORY);
    stopped(pickle().op('N').times(n, 0x94), MEMORY);
    stopped(pickle().op('N').times(n, 'q', 0), MEMORY);
    stopped(pickle().times(8_100_000, 'N', '0').op('N'), "more than 16000000 steps");
    stopped(pickle().op('(').times(n, 'N').op('l'), MEMORY);
  }

  @Test
  void longPickles() {
    // Frames are passed over without a charge.
    PickleBytes frames = pickle().times(11_200_000, 0x95, 0, 0, 0, 0, 0, 0, 0, 0).op('N');
    byte[] bytes = frames.done();
    String zip = outcome(PickleBytes.archive(bytes));
    assertTrue(zip.contains("is longer than 100000000 bytes"), zip);
    String legacy = outcome(PickleBytes.legacy(bytes, 0, new byte[0]));
    assertTrue(legacy.contains("is longer than 100000000 bytes"), legacy);
  }

  @Test
  void keysOfOneHash() {
    assertEquals("read: 0", outcome(PickleBytes.archive(colliding(1 << 16).done())));
    // So many take more memory than the free part, so that the file is made longer.
    byte[] many = PickleBytes.archive(colliding(250_001).done(), new byte[60_000_000]);
    String message = outcome(many);
    assertTrue(message.contains("more than 250000 keys"), message);
  }

  /** "Aa" and "BB" have the same hash, and so have all texts made of so many of them. */
  private static PickleBytes colliding(int keys) {
    PickleBytes pickle = pickle().op('}');
    for (int i = 0; i < keys; i++) {
      StringBuilder key = new StringBuilder();
      for (int bit = 0; bit < 18; bit++) {
        key.append(((i >> bit) & 1) == 0 ? "Aa" : "BB");
      }
      pickle.text(key.toString()).op('N', 's');
    }
    return pickle;
  }

  @Test
  void longKeysAgainAndAgain() {
    PickleBytes pickle = pickle().text("k".repeat(1000)).op('q', 0, '0', '}');
    stopped(pickle.times(1_000_000, 'h', 0, 'N', 's'), MEMORY);
  }

  @Test
  void textsAgainAndAgain() {
    PickleBytes pickle = pickle().text("x".repeat(2_000_000)).text("latin1").op(0x86, 'q', 0);
    pickle.global("_codecs", "encode").op('q', 1);
    stopped(pickle.times(100_000, 'h', 1, 'h', 0, 'R', '0'), MEMORY);
  }

  @Test
  void listsAgainAndAgain() {
    PickleBytes pickle = pickle().op(']', 'q', 0, '(').times(100_000, 'K', 1).op('e', 0x85, 'q', 1);
    pickle.global("builtins", "set").op('q', 2);
    stopped(pickle.times(100_000, 'h', 2, 'h', 1, 'R', '0'), MEMORY);
  }

  @Test
  void nesting() {
    stopped(pickle().times(101, ']').times(100, 'a').op('q', 0), "nested more than 100 deep");
    stopped(pickle().op(')').times(100_000, 0x85), "nested more than 100 deep");
    stopped(pickle().op(']', 'q', 0, 'h', 0, 'a'), "in a circle");
    stopped(pickle().op('}', 'q', 0, 'N', 'h', 0, 's'), "in a circle");
    stopped(pickle().op('}', 'q', 0, 'h', 0, 'b'), "read: 0");
    stopped(pickle().times(100, ']').times(99, 'a'), "read: 0");
    // Each level holds the one below it; the deep one is done when the shallow one gets there.
    PickleBytes shared = pickle().times(60, ']').times(59, 'a').op('q', 0, ']', 'h', 0, 'a');
    stopped(shared.times(50, 0x85).op('h', 0, 0x86), "nested more than 100 deep");
  }

  @Test
  void doubling() {
    PickleBytes pairs = pickle().op(')');
    stopped(pairs.times(30, '2', 0x86), "unfold to more than 10000000");
    PickleBytes lists = pickle().storage("0", 6).times(90, 'q', 0, 'h', 0, 0x86);
    stopped(lists, "unfold to more than 10000000");
    stopped(pickle().storage("0", 6).times(18, '2', 0x86), MEMORY);
    stopped(pickle().storage("0", 6).times(16, '2', 0x86), "read: 65536");
  }

  @Test
  void manyNames() {
    PickleBytes pickle = pickle().storage("0", 6);
    for (int i = 0; i < 18; i++) {
      pickle.op('q', i, '0', '}').text("a".repeat(900)).op('h', i, 's');
      pickle.text("b".repeat(900)).op('h', i, 's');
    }
    stopped(pickle, MEMORY);
  }

  private static byte[] zeros(int storages, int bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PickleBytes pickle = pickle().op(']');
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < storages; i++) {
        pickle.storage(Integer.toString(i), bytes / 4).op('a');
        zip.putNextEntry(new ZipEntry("archive/data/" + i));
        zip.write(new byte[bytes]);
        zip.closeEntry();
      }
      PickleBytes.store(zip, "archive/data.pkl", pickle.done());
    }
    return out.toByteArray();
  }

  @Test
  void zeros(@TempDir Path folder) throws IOException {
    byte[] content = zeros(3, 30_000_000);
    assertTrue(content.length < 100_000);
    assertTrue(outcome(content).contains("decompression bomb"));
    Path file = folder.resolve("zeros.pt");
    Files.write(file, content);
    FormatException e = assertThrows(FormatException.class, () -> TorchFile.open(file));
    assertEquals("archive/data/2", e.entry());
    assertTrue(String.valueOf(e.getMessage()).contains("TorchFile.open(file, maxBytes)"));
    try (TorchFile opened = TorchFile.open(file, 100_000_000)) {
      assertEquals(7_500_000, opened.tensors().get("2").floats().length);
    }
  }
}
