package ornstein.diffusion;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import ornstein.engine.io.SafeTensors;

/** The reference numbers among the test resources. */
public final class Fixtures {
  private Fixtures() {}

  /**
   * Opens a file of reference numbers.
   *
   * @param name the file's name, such as {@code schedules.safetensors}
   * @return the open file
   */
  public static SafeTensors open(String name) {
    URL url = Objects.requireNonNull(Fixtures.class.getResource(name), name);
    try {
      return SafeTensors.open(Path.of(url.toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
