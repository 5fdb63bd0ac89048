package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Zip archives around checkpoints: damaged, packed, cut, and with 64-bit directories. */
class TorchArchiveTest {
  private static final String PICKLE = "archive/data.pkl";

  private static void refused(byte[] content, @Nullable String entry, String... parts) {
    TorchFaultTest.refused(content, entry, parts);
  }

  private static PickleBytes pickle() {
    return PickleBytes.pickle();
  }

  @Test
  void everyCutIsNoticed() throws IOException {
    for (String name : List.of("checkpoint.pt", "checkpoint_legacy.pt", "deflated.pt")) {
      byte[] good = TorchFileTest.resource(name);
      for (int n = 0; n < good.length; n++) {
        byte[] cut = Arrays.copyOf(good, n);
        FormatException e =
            assertThrows(FormatException.class, () -> TorchFile.parse(cut, "cut"), name + " " + n);
        assertTrue(String.valueOf(e.getMessage()).startsWith("cut: "));
      }
    }
  }

  @Test
  void checksums() throws IOException {
    byte[] pickle = pickle().tensor(6, 0, new long[] {6}, new long[] {1}).done();
    byte[] good = PickleBytes.archive(pickle, new byte[24]);
    int data = new String(good, StandardCharsets.ISO_8859_1).indexOf("archive/data/0") + 14;
    byte[] weights = good.clone();
    weights[data] ^= 1;
    TorchTensor tensor = TorchFile.parse(weights, "bad.pt").tensors().get("");
    FormatException e = assertThrows(FormatException.class, tensor::floats);
    assertEquals("archive/data/0", e.entry());
    assertEquals(data, e.offset());
    assertTrue(String.valueOf(e.getMessage()).contains("checksum"), e.getMessage());
    byte[] code = good.clone();
    code[30 + PICKLE.length()] ^= 1;
    refused(code, PICKLE, "checksum");
  }

  /** Writes a field of the first entry of the archive's directory. */
  private static byte[] patched(byte[] archive, int field, int bytes, long value) {
    byte[] copy = archive.clone();
    int directory = new String(copy, StandardCharsets.ISO_8859_1).indexOf("PK\u0001\u0002");
    for (int i = 0; i < bytes; i++) {
      copy[directory + field + i] = (byte) (value >>> (8 * i));
    }
    return copy;
  }

  /** With a 64-bit directory of so many entries before the other; none at all for 0. */
  private static byte[] patched64(byte[] archive, long count) {
    int end = archive.length - 22;
    byte[] bytes = new byte[archive.length + 56 + 20];
    System.arraycopy(archive, 0, bytes, 0, end);
    System.arraycopy(archive, end, bytes, end + 76, 22);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(end, count == 0 ? 0 : 0x06064B50)
        .putLong(end + 32, count)
        .putInt(end + 56, 0x07064B50)
        .putLong(end + 64, end);
    return bytes;
  }

  @Test
  void damagedDirectories() {
    byte[] good = PickleBytes.archive(pickle().op('N').done());
    refused(patched(good, 0, 4, 0), null, "directory is damaged");
    refused(patched(good, 28, 2, 0xFFFF), null, "reaches beyond it");
    refused(patched(good, 8, 2, 1), PICKLE, "encrypted");
    refused(patched(good, 10, 2, 12), PICKLE, "packed other than by deflate");
    refused(patched(good, 20, 8, 0x7FFF_FFFF_7FFF_FFFFL), PICKLE, "longer than 100000000");
    refused(patched(good, 24, 4, 5), PICKLE, "claims 5 bytes from 4");
    refused(patched(good, 42, 4, 1), PICKLE, "does not begin where");
    refused(patched(good, 42, 4, 0xFFFF_FFFFL), PICKLE, "does not begin where");
    ByteBuffer end = ByteBuffer.wrap(good.clone()).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(good.length - 6, Integer.MAX_VALUE);
    refused(end.array(), null, "directory reaches beyond the file");
    refused(patched64(good, 0), null, "64-bit directory");
    refused(patched64(good, 250_001), null, "more than 250000 entries");
    refused(patched64(good, -1), null, "more than 250000 entries");
    byte[] twice = PickleBytes.archive(pickle().op('N').done(), new byte[1], new byte[1]);
    String text = new String(twice, StandardCharsets.ISO_8859_1).replace("data/1", "data/0");
    refused(text.getBytes(StandardCharsets.ISO_8859_1), "archive/data/0", "appears twice");
  }

  @Test
  void damagedCompression() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] pickle = pickle().text("x".repeat(1000)).done();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(PICKLE));
      zip.write(pickle);
      zip.closeEntry();
    }
    byte[] good = bytes.toByteArray();
    assertEquals(new TorchValue.Text("x".repeat(1000)), TorchFile.parse(good, "packed").root());
    refused(patched(good, 24, 4, pickle.length + 1), PICKLE, "fewer bytes");
    refused(patched(good, 24, 4, pickle.length - 1), PICKLE, "checksum");
    byte[] broken = good.clone();
    broken[30 + PICKLE.length()] = 7;
    refused(broken, PICKLE, "is damaged");
  }

  /** Sizes of 4 GiB and more stand in an extra field; here small ones do. */
  @Test
  void sizesOf64Bits() throws FormatException {
    byte[] good = PickleBytes.archive(pickle().op('K', 7).done());
    int directory = new String(good, StandardCharsets.ISO_8859_1).indexOf("PK\u0001\u0002");
    int extra = directory + 46 + PICKLE.length();
    int end = good.length - 22;
    byte[] wide = new byte[good.length + 28];
    System.arraycopy(good, 0, wide, 0, extra);
    System.arraycopy(good, extra, wide, extra + 28, good.length - extra);
    ByteBuffer bytes = ByteBuffer.wrap(wide).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(directory + 20, -1).putInt(directory + 24, -1).putInt(directory + 42, -1);
    bytes.putShort(directory + 30, (short) 28);
    bytes.putInt(end + 28 + 12, end + 28 - directory);
    bytes.putInt(extra, 1 | 24 << 16);
    bytes.putLong(extra + 4, 5).putLong(extra + 12, 5).putLong(extra + 20, 0);
    assertEquals(new TorchValue.Whole(BigInteger.valueOf(7)), TorchFile.parse(wide, "wide").root());
    bytes.putLong(extra + 4, 6);
    refused(wide, PICKLE, "claims 6 bytes from 5");
    bytes.putLong(extra + 4, 5).putLong(extra + 20, Long.MIN_VALUE);
    refused(wide, PICKLE, "does not begin where");
  }
}
