package ornstein.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Files that come with the program, in its jar. */
final class BuiltInResource {
  private BuiltInResource() {}

  /**
   * The bytes of a file.
   *
   * @param name its name, beside this class
   * @throws IllegalStateException if the jar was built without it
   */
  static byte[] bytes(String name) {
    try (InputStream in = BuiltInResource.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing in the jar; build it anew");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
