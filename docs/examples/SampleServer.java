import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.pretrained.Pretrained;

/**
 * Answers GET /sample?seed=1&label=3&n=4 with a PNG of four images of class 3. All parameters may
 * be left out; steps=25 is known too. Arguments are the model and the port, 0 for any that is free.
 */
public class SampleServer {
  private static final int MOST_IMAGES = 64;
  private static final long TIME_LIMIT = TimeUnit.SECONDS.toNanos(60);

  private final Pipeline model;

  SampleServer(Pipeline model) {
    this.model = model;
  }

  public static void main(String[] args) throws IOException {
    ImageIO.setUseCache(false); // encodes in memory, without temporary files
    Pipeline model = Pretrained.open(Path.of(args[0])); // once; the file is closed again
    InetAddress here = InetAddress.getLoopbackAddress();
    HttpServer http =
        HttpServer.create(new InetSocketAddress(here, Integer.parseInt(args[1])), 0);
    ExecutorService threads = Executors.newFixedThreadPool(16);
    http.setExecutor(threads);
    http.createContext("/sample", new SampleServer(model)::answer);
    http.start();
    System.out.println("http://localhost:" + http.getAddress().getPort() + "/sample?seed=1&n=4");
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  http.stop(0);
                  threads.shutdownNow(); // interrupts: sampling ends within one step
                  model.close();
                }));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        byte[] png = png(parameters(exchange.getRequestURI().getQuery()));
        exchange.getResponseHeaders().set("Content-Type", "image/png");
        send(exchange, 200, png);
      } catch (IllegalArgumentException e) { // whatever does not fit the model, too
        send(exchange, 400, text(e.getMessage()));
      } catch (CancellationException e) {
        send(exchange, 503, text("it took too long, or the server is stopping"));
      }
    }
  }

  private byte[] png(Map<String, String> asked) throws IOException {
    int n = Integer.parseInt(asked.getOrDefault("n", "1"));
    if (n > MOST_IMAGES) {
      throw new IllegalArgumentException("at most " + MOST_IMAGES + " images at once");
    }
    SampleRequest request =
        SampleRequest.of(n)
            .seed(Long.parseLong(asked.getOrDefault("seed", "0")))
            .steps(Integer.parseInt(asked.getOrDefault("steps", "25")));
    if (asked.containsKey("label")) {
      request = request.label(Integer.parseInt(asked.get("label")));
    }
    long end = System.nanoTime() + TIME_LIMIT;
    var images = model.sample(request, (first, step) -> System.nanoTime() < end);
    var png = new ByteArrayOutputStream();
    ImageIO.write(images.grid(Math.min(n, 8), 4, 1), "png", png);
    return png.toByteArray();
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String part : query == null ? new String[0] : query.split("&")) {
      String[] pair = part.split("=", 2);
      parameters.put(pair[0], pair.length == 2 ? pair[1] : "");
    }
    return parameters;
  }

  private static byte[] text(String message) {
    return (message + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
