package ornstein.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against what PyTorch 1.13 draws on a processor with AVX2: equal in every bit. */
class TorchRngTest {

  private static void update(CRC32 crc, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      bytes.putFloat(v);
    }
    crc.update(bytes.array());
  }

  private static float[] normal(TorchRng rng, int count) {
    float[] values = new float[count];
    rng.normal(values);
    return values;
  }

  /** zlib.crc32(torch.randn(count).numpy().tobytes()) after torch.manual_seed(seed). */
  @ParameterizedTest
  @CsvSource({
    "0,1,2403582877",
    "0,2,3060460618",
    "0,3,62576062",
    "0,15,3874830326",
    "0,16,2298586490",
    "0,17,2694473487",
    "0,31,3890088246",
    "0,32,1470688276",
    "0,100,4096296932",
    "0,1000,3372653670",
    "0,100000,3868313328",
    "1,1,2454075907",
    "1,2,1111014789",
    "1,3,4131781265",
    "1,15,4191801049",
    "1,16,2643345921",
    "1,17,341482391",
    "1,31,531826039",
    "1,32,1917793947",
    "1,100,1772569701",
    "1,1000,1393851684",
    "1,100000,2596028637",
    "42,1,74465322",
    "42,2,3188357994",
    "42,3,1175518165",
    "42,15,2308132694",
    "42,16,2280516957",
    "42,17,3363100665",
    "42,31,482864096",
    "42,32,3818159970",
    "42,100,2699042601",
    "42,1000,2288653614",
    "42,100000,285774096",
    "2147483648,1,1024357417",
    "2147483648,2,1857520232",
    "2147483648,3,193916436",
    "2147483648,15,3962115134",
    "2147483648,16,2567465837",
    "2147483648,17,2745265865",
    "2147483648,31,2773613720",
    "2147483648,32,2734261593",
    "2147483648,100,2349593161",
    "2147483648,1000,3057657957",
    "2147483648,100000,1502339621",
    "9223372036854775807,1,695937994",
    "9223372036854775807,2,4246182219",
    "9223372036854775807,3,4096797358",
    "9223372036854775807,15,3861080921",
    "9223372036854775807,16,1178866047",
    "9223372036854775807,17,304114448",
    "9223372036854775807,31,2908451481",
    "9223372036854775807,32,3683381371",
    "9223372036854775807,100,3895461701",
    "9223372036854775807,1000,1800778743",
    "9223372036854775807,100000,3018591994"
  })
  void normalNumbersAreTorchs(long seed, int count, long expected) {
    CRC32 crc = new CRC32();
    update(crc, normal(TorchRng.of(seed), count));
    assertEquals(expected, crc.getValue());
  }

  /** Few and many numbers by turns: what the scalar path keeps outlives the calls between. */
  @Test
  void sequencesOfCallsAreTorchs() {
    TorchRng rng = TorchRng.of(5);
    CRC32 crc = new CRC32();
    int[] counts = {3, 20, 7, 1, 16};
    float[] uniform = new float[5];
    for (int i = 0; i < 3000; i++) {
      update(crc, normal(rng, counts[i % 5]));
      if (i % 3 == 0) {
        rng.uniform(uniform);
        update(crc, uniform);
      }
    }
    assertEquals(4170381570L, crc.getValue());
  }

  @Test
  void permutationsAreTorchs() {
    TorchRng rng = TorchRng.of(3);
    int[] order = rng.permutation(40_000);
    ByteBuffer bytes = ByteBuffer.allocate(4 * order.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int v : order) {
      bytes.putInt(v);
    }
    CRC32 crc = new CRC32();
    crc.update(bytes.array());
    assertEquals(242521206L, crc.getValue());
    assertArrayEquals(new int[] {0}, rng.permutation(1));
    assertArrayEquals(new int[] {1, 0, 3, 5, 6, 4, 2}, rng.permutation(7));
    assertArrayEquals(new int[0], rng.permutation(0));
    assertThrows(IllegalArgumentException.class, () -> rng.permutation(-1));
  }

  @Test
  void wholeNumbersAreTorchs() {
    TorchRng rng = TorchRng.of(3);
    assertArrayEquals(new long[] {986L, 48L, 737L, 667L}, integers(rng, 0, 1000, 4));
    assertArrayEquals(
        new long[] {790795084744L, 2445173525L, 1088503892627L}, integers(rng, 0, 1L << 40, 3));
    assertArrayEquals(new long[] {5L, -2L, 0L, 0L, 1L}, integers(rng, -5, 7, 5));
    assertArrayEquals(new long[] {221049975L, 1893263840L}, integers(rng, 0, 1L << 32, 2));
    assertThrows(IllegalArgumentException.class, () -> rng.integers(3, 3, new long[1]));
  }

  private static long[] integers(TorchRng rng, long low, long high, int count) {
    long[] values = new long[count];
    rng.integers(low, high, values);
    return values;
  }

  @Test
  void negativeSeedsAreTorchs() {
    float[] values = new float[2];
    TorchRng.of(-7).uniform(values);
    assertArrayEquals(new float[] {0.25333762f, 0.67736036f}, values);
  }

  @Property
  void aRestoredGeneratorGoesOn(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 700) int before) {
    TorchRng rng = TorchRng.of(seed);
    normal(rng, before);
    normal(rng, 3); // keeps one
    TorchRng restored = TorchRng.restored(rng.state());
    assertArrayEquals(normal(rng, 5), normal(restored, 5));
    assertArrayEquals(normal(rng, 33), normal(restored, 33));
  }

  @Test
  void statesOfAnotherKindAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> TorchRng.restored(new int[3]));
  }
}
