package ornstein.engine.io;

import java.util.Arrays;
import java.util.Random;

/** Random damage to a valid file, for tests of readers. */
final class Mutations {
  /** System property with the number of files to try, instead of the few that the build takes. */
  static final String COUNT = "ornstein.mutations";

  private static final byte[] TELLING = {0, 1, -1, 127, -128, '"', '{', '}', '[', ',', '9', '-'};

  private Mutations() {}

  /** A damaged copy: flipped bits, set bytes, a moved or repeated stretch, or a cut end. */
  static byte[] mutate(byte[] good, Random random) {
    byte[] bytes = good.clone();
    int edits = 1 + random.nextInt(4);
    for (int i = 0; i < edits && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) (bytes[at] ^ (1 << random.nextInt(8)));
        case 1 -> bytes[at] = TELLING[random.nextInt(TELLING.length)];
        case 2 -> bytes[at] = (byte) random.nextInt(256);
        case 3 -> {
          int from = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(16), bytes.length - Math.max(at, from));
          System.arraycopy(bytes, from, bytes, at, length);
        }
        default -> bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at) : inserted(bytes, at);
      }
    }
    return bytes;
  }

  private static byte[] inserted(byte[] bytes, int at) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
    return longer;
  }
}
