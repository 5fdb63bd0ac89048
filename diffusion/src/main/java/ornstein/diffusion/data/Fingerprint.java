package ornstein.diffusion.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells data sets apart by everything in them, wherever their images are. */
final class Fingerprint {
  /** Bytes of an image's digest. */
  static final int DIGEST = 32;

  private Fingerprint() {}

  /** SHA-256 of size, class names, labels and the digests of the images. */
  static String of(ImageDataset data) {
    MessageDigest digest = sha256();
    String head =
        data.size() + " " + data.imageShape() + "\n" + String.join("\n", data.classNames());
    digest.update(head.getBytes(StandardCharsets.UTF_8));
    ByteBuffer label = ByteBuffer.allocate(Integer.BYTES);
    for (int i = 0; i < data.size(); i++) {
      digest.update(label.clear().putInt(data.label(i)).array());
      digest.update(data.digest(i));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 of an image's values as little-endian float32. */
  static byte[] digest(float[] image) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * image.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(image);
    return sha256().digest(bytes.array());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
