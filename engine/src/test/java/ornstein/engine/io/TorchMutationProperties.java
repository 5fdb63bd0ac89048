package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Damage of every kind is either harmless or a format exception that names the file, in little time
 * and memory. {@code -Dornstein.mutations=1000000} tries so many files instead of the few thousand
 * that the build takes.
 */
class TorchMutationProperties {
  private static final int MUTATIONS = Integer.getInteger(Mutations.COUNT, 6_000);
  private static final int TRIES = 20;

  /** Every opcode that the reader knows, and some that it does not. */
  private static final String OPCODES =
      "().012FIJKLMNPQRSTUVXBCabcdeghijloprstuq]}\u0080\u0081\u0082\u0085\u0086\u0087\u0088\u0089"
          + "\u008a\u008b\u008c\u008d\u008e\u008f\u0090\u0091\u0092\u0093\u0094\u0095\u0096\u0097";

  private static final List<String> NAMES =
      List.of(
          "checkpoint.pt",
          "checkpoint_legacy.pt",
          "dtypes.pt",
          "dtypes_legacy.pt",
          "views.pt",
          "views_legacy.pt",
          "bigendian.pt",
          "deflated.pt",
          "state_dict_protocol4.pt",
          "state_dict_legacy5.pt",
          "plain0.pt",
          "plain1.pt",
          "plain2.pt",
          "plain4.pt",
          "plain5.pt");

  private static List<byte[]> samples() throws IOException {
    List<byte[]> samples = new ArrayList<>();
    for (String name : NAMES) {
      samples.add(TorchFileTest.resource(name));
    }
    return samples;
  }

  private static byte[] mutate(byte[] good, Random random) {
    byte[] bytes = Mutations.mutate(good, random);
    for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      bytes[at] = (byte) OPCODES.charAt(random.nextInt(OPCODES.length()));
    }
    return bytes;
  }

  /** Damage to the pickle of an archive, which is whole otherwise. */
  private static byte[] withMutatedPickle(byte[] archive, Random random) throws IOException {
    ZipDirectory directory =
        ZipDirectory.parse("good", MemorySegment.ofArray(archive), MemoryBudget.unlimited());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (ZipDirectory.Entry e : directory.entries().sequencedValues()) {
        byte[] content = directory.content(e).toArray(ValueLayout.JAVA_BYTE);
        boolean pickle = e.name().endsWith("data.pkl");
        PickleBytes.store(zip, e.name(), pickle ? mutate(content, random) : content);
      }
    }
    return out.toByteArray();
  }

  /** Whether the file was refused. */
  private static boolean refused(byte[] content) {
    ThreadUse start = ThreadUse.now();
    boolean refused = false;
    long read = 0;
    try (TorchFile file = TorchFile.parse(content, "mutant")) {
      for (TorchTensor tensor : file.tensors().values()) {
        int size = tensor.floats().length;
        assertEquals(tensor.shape().size(), size);
        assertEquals(size, tensor.doubles().length);
        read += 12L * size + (1 << 18);
      }
    } catch (FormatException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith("mutant: "), e.getMessage());
      refused = true;
    }
    ThreadUse use = ThreadUse.since(start);
    long allowed = TorchBombTest.allowedBytes(content.length) + read;
    assertTrue(use.bytes() <= allowed, () -> use + " where " + allowed + " are allowed");
    assertTrue(use.nanoseconds() < 1_000_000_000, use::toString);
    return refused;
  }

  @Property(tries = TRIES)
  void aMutatedFileIsReadOrRefused(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    List<byte[]> samples = samples();
    int refused = 0;
    int total = MUTATIONS / TRIES;
    for (int n = 0; n < total; n++) {
      byte[] good = samples.get(random.nextInt(samples.size()));
      boolean isZip = good[0] == 'P';
      byte[] bad =
          isZip && random.nextInt(4) > 0 ? withMutatedPickle(good, random) : mutate(good, random);
      refused += refused(bad) ? 1 : 0;
    }
    assertTrue(refused > total / 4, "the mutations do reach the checks");
    assertTrue(refused < total, "some damage is harmless");
  }
}
