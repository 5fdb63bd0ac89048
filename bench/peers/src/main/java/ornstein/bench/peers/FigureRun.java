package ornstein.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;

/**
 * One figure at one number of threads, in a process of its own: PyTorch's number of threads is the
 * process's, and what the JVM compiled for one figure must not influence the next.
 */
public final class FigureRun {
  /** How far results may be apart, as a part of the largest value. */
  private static final double TOLERANCE = 1e-3;

  private FigureRun() {}

  /**
   * Measures the figure and writes a line for each contender.
   *
   * @param args the figure's title, folder of the exported programs, threads, seconds of warm-up,
   *     seconds of measurement, rounds, file to write
   * @throws IOException if a file cannot be read or written
   */
  public static void main(String[] args) throws IOException {
    Path models = Path.of(args[1]);
    Figure figure =
        Figures.all(models).stream()
            .filter(f -> f.title().equals(args[0]))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no figure '" + args[0] + "'"));
    int threads = Integer.parseInt(args[2]);
    RoundRobin rounds =
        new RoundRobin(
            Double.parseDouble(args[3]), Double.parseDouble(args[4]), Integer.parseInt(args[5]));
    Torch torch = Torch.start(threads);
    try (Kernels kernels = KernelsProvider.vector(threads)) {
      Peers peers = new Peers(kernels, torch, new Onnx(threads), models);
      List<String> lines = new ArrayList<>();
      for (Measurement m : measure(figure, peers, threads, rounds)) {
        lines.add(m.toLine());
      }
      Files.write(Path.of(args[6]), lines);
    }
  }

  private static List<Measurement> measure(
      Figure figure, Peers peers, int threads, RoundRobin rounds) throws IOException {
    List<Measurement> result = new ArrayList<>();
    IOException[] failure = new IOException[1];
    KernelsProvider.with(
        peers.kernels(),
        () -> {
          try {
            List<Contender> contenders = figure.contenders(peers);
            double[] errors = errors(figure, contenders);
            List<double[]> times = rounds.measure(contenders);
            for (int i = 0; i < contenders.size(); i++) {
              Contender c = contenders.get(i);
              result.add(
                  new Measurement(
                      figure.group(),
                      figure.name(),
                      threads,
                      c.library(),
                      peers.version(c.library()),
                      c.variant(),
                      errors[i],
                      RoundRobin.median(times.get(i)),
                      RoundRobin.least(times.get(i)),
                      figure.flops()));
            }
          } catch (IOException e) {
            failure[0] = e;
          }
          return result;
        });
    if (failure[0] != null) {
      throw failure[0];
    }
    return result;
  }

  /** Distance of each result from the first contender's. */
  private static double[] errors(Figure figure, List<Contender> contenders) {
    double[] errors = new double[contenders.size()];
    for (Contender c : contenders) {
      for (int run = 0; run < figure.runsToCompare(); run++) {
        c.run();
      }
    }
    float[] expected = contenders.getFirst().result();
    for (int i = 1; i < errors.length; i++) {
      Contender c = contenders.get(i);
      errors[i] = distance(expected, c.result());
      if (!(errors[i] < TOLERANCE)) {
        throw new IllegalStateException(
            figure.title()
                + ": "
                + c.library().title()
                + " "
                + c.variant()
                + " differs from Ornstein by "
                + errors[i]
                + " of the largest value");
      }
    }
    return errors;
  }

  private static double distance(float[] expected, float[] actual) {
    if (expected.length != actual.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
    }
    return difference / largest;
  }
}
