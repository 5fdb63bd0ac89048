package ornstein.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server of the documentation, run from its source as the documentation says. */
@Timeout(120)
class SampleServerTest {
  @TempDir Path folder;

  private final Pipeline model = SmallModels.pipeline(8, 8, 1, 10);
  private Process server;
  private URI address;

  @BeforeEach
  void start() throws IOException {
    Path file = folder.resolve("model.safetensors");
    model.save(file);
    server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-Djava.awt.headless=true",
                "-cp",
                ProjectFiles.classPath(),
                ProjectFiles.root().resolve("docs/examples/SampleServer.java").toString(),
                file.toString(),
                "0")
            .redirectErrorStream(true)
            .start();
    BufferedReader out = server.inputReader();
    List<String> lines = new ArrayList<>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      lines.add(line);
      if (line.startsWith("http://")) {
        address = URI.create(line);
        return;
      }
    }
    throw new AssertionError(String.join("\n", lines));
  }

  @AfterEach
  void stop() {
    server.destroyForcibly();
  }

  /** Many requests at once get the pictures that the same requests give in this JVM. */
  @Test
  void answersWithPictures() throws Exception {
    List<Future<byte[]>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 24; i++) {
        String query = "/sample?steps=5&label=3&n=4&seed=" + i % 6;
        answers.add(threads.submit(() -> body(query, 200)));
      }
    }
    for (int i = 0; i < answers.size(); i++) {
      SampleRequest request = SampleRequest.of(4).seed(i % 6).label(3).steps(5);
      BufferedImage expected = model.sample(request).grid(4, 4, 1);
      BufferedImage actual = ImageIO.read(new ByteArrayInputStream(answers.get(i).get()));
      assertArrayEquals(pixels(expected), pixels(actual), "seed " + i % 6);
    }
  }

  @Test
  void saysWhatIsWrongAndEndsWhenAsked() throws Exception {
    String error = new String(body("/sample?label=10", 400), StandardCharsets.UTF_8);
    assertEquals("label 10 is none of the model's classes, 0 to 9\n", error);
    body("/sample?n=65", 400);
    body("/sample?seed=x", 400);
    server.destroy(); // as a service is ended: shutdown hooks run
    assertTrue(server.waitFor(60, TimeUnit.SECONDS), "the server does not end");
  }

  private byte[] body(String query, int status) throws IOException {
    HttpURLConnection http = (HttpURLConnection) address.resolve(query).toURL().openConnection();
    assertEquals(status, http.getResponseCode(), query);
    try (InputStream in = status == 200 ? http.getInputStream() : http.getErrorStream()) {
      return in.readAllBytes();
    }
  }

  private static int[] pixels(BufferedImage picture) {
    return picture.getRGB(
        0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
  }
}
