package ornstein.diffusion.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ornstein.diffusion.pretrained.PatternWeights;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.io.SafeTensors;

/**
 * Loops of 1 to 50 steps against diffusers: orders depend on how many steps there are and how many
 * are left, timesteps on whether their number divides the chain's. lengths.py made the reference.
 * With log and exp rounded correctly there all values are equal. So are their bits, but for the
 * sign of zeros: {@link Tensor#mul(float)} adds 0 to the product, which makes −0 of it 0.
 */
class SchedulerLengthsTest {
  private static final int SIZE = 2 * 3 * 4 * 4;

  /**
   * A line of lengths.txt.
   *
   * @param timed whether the network's output depends on the timestep
   */
  record Case(String name, String type, int steps, boolean timed, Map<String, Object> options) {
    static Case of(String line) {
      String[] parts = line.split("\\|", -1);
      return new Case(
          parts[0].strip(),
          parts[1].strip(),
          Integer.parseInt(parts[2].strip()),
          parts[3].strip().equals("timed"),
          SchedulerLoopsTest.options(parts[4].strip()));
    }

    @Override
    public String toString() {
      return name;
    }

    Scheduler scheduler() {
      return new SchedulerLoopsTest.Case(name, type, steps, options).scheduler();
    }

    /** In the place of a network. */
    Tensor said(Tensor seen, float t) {
      Tensor said = seen.mul(timed ? (float) ((double) t / ((double) t + 1)) : 0.625f);
      return String.valueOf(options.get("variance_type")).startsWith("learned")
          ? Tensor.concat(3, List.of(said, seen.mul(0.3f).square().sqrt())) // a positive variance
          : said;
    }
  }

  static Stream<Case> cases() throws IOException {
    List<String> lines = new String(bytes("lengths.txt"), UTF_8).lines().toList();
    return lines.stream().filter(line -> !line.startsWith("#")).map(Case::of);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allValuesAreDiffusers(Case it) throws IOException {
    SafeTensors reference = SafeTensors.parse(bytes("lengths.safetensors"), "lengths");
    Scheduler scheduler = it.scheduler();
    assertEquals(List.of(), scheduler.unknownOptions());
    Scheduler.Run run = scheduler.begin(it.steps());
    float[] times = run.timesteps();
    assertArrayEquals(reference.floats(it.name() + ".timesteps"), times);
    float[] samples = reference.floats(it.name() + ".samples");
    int unkept = times.length - samples.length / SIZE;
    Tensor x = image("x").mul(run.initialDeviation());
    for (int i = 0; i < times.length; i++) {
      String noise = "noise " + i;
      Tensor said = it.said(run.scaleModelInput(x, times[i]), times[i]);
      x = run.step(said, times[i], x, () -> image(noise)).sample();
      if (i >= unkept) {
        int at = (i - unkept) * SIZE;
        float[] expected = unsignedZeros(Arrays.copyOfRange(samples, at, at + SIZE));
        float[] actual = unsignedZeros(x.permute(0, 3, 1, 2).toArray());
        assertArrayEquals(expected, actual, "sample after step " + i);
      }
    }
  }

  private static float[] unsignedZeros(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] += 0f; // changes -0 and nothing else
    }
    return values;
  }

  private static Tensor image(String name) {
    Shape nchw = Shape.of(2, 3, 4, 4);
    return Tensor.of(nchw, PatternWeights.pattern(name, SIZE)).permute(0, 2, 3, 1);
  }

  private static byte[] bytes(String name) throws IOException {
    try (InputStream in = SchedulerLengthsTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
