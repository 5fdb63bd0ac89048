package ornstein.diffusion.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.diffusion.pretrained.PatternWeights;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.io.SafeTensors;

/**
 * Loops of ten steps against diffusers; the script beside the reference files made them. All bits
 * are equal, with log and exp rounded correctly there. Where these make a difference, so is the end
 * as PyTorch 1.13 computes it, whose own are one unit off in the last place in up to a tenth of all
 * cases.
 */
class SchedulerLoopsTest {
  private static final int MANY = 11;
  private static final int SIZE = 2 * 3 * 4 * 4;

  /**
   * In units of the last place of the largest value: an error of one unit in λ is several in e^h,
   * and ten steps add up. Seen are up to 7.
   */
  private static final int BUILT_ULPS = 8;

  /** A line of cases.txt. */
  record Case(String name, String type, int steps, Map<String, Object> options) {
    @Override
    public String toString() {
      return name;
    }

    boolean isLearned() {
      return String.valueOf(options.get("variance_type")).startsWith("learned");
    }

    Scheduler scheduler() {
      Map<String, Object> members = new HashMap<>(options);
      Object eta = members.remove("eta");
      members.put("_class_name", type);
      Scheduler scheduler = Scheduler.of(members);
      return eta instanceof Double value && scheduler instanceof DdimScheduler ddim
          ? ddim.withEta(value)
          : scheduler;
    }
  }

  static Stream<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String line : new String(bytes("cases.txt"), UTF_8).lines().toList()) {
      if (!line.startsWith("#")) {
        String[] parts = line.split("\\|", -1);
        cases.add(
            new Case(
                parts[0].strip(),
                parts[1].strip(),
                Integer.parseInt(parts[2].strip()),
                options(parts[3].strip())));
      }
    }
    return cases.stream();
  }

  /** Options written as name=value, with spaces between. */
  static Map<String, Object> options(String text) {
    Map<String, Object> options = new HashMap<>();
    for (String option : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
      String[] parts = option.split("=", -1);
      options.put(parts[0], value(parts[1]));
    }
    return options;
  }

  private static Object value(String text) {
    if (text.contains(",")) {
      return Arrays.stream(text.split(",", -1)).map(SchedulerLoopsTest::value).toList();
    }
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException e) {
      return text;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allBitsAreDiffusers(Case it) throws IOException {
    Scheduler scheduler = it.scheduler();
    assertEquals(List.of(), scheduler.unknownOptions());
    Scheduler.Run run = scheduler.begin(it.steps());
    SafeTensors reference = open(it.type());
    float[] times = reference.floats(it.name() + ".timesteps");
    assertArrayEquals(times, run.timesteps());
    float[] samples = reference.floats(it.name() + ".samples");
    List<Tensor> starts = new ArrayList<>();
    int every = times.length > MANY ? 2 : 1;
    Tensor x = image("x").mul(run.initialDeviation());
    for (int i = 0; i < times.length; i++) {
      int step = i;
      Tensor seen = run.scaleModelInput(x, times[i]);
      Tensor said = said(seen, times[i], it.isLearned());
      Scheduler.Moved moved = run.step(said, times[i], x, () -> image("noise " + step));
      x = moved.sample();
      starts.add(moved.start());
      if (i % every == 0) {
        assertArrayEquals(part(samples, i / every), nchw(x), "sample after step " + i);
      }
    }
    if (reference.contains(it.name() + ".starts")) {
      float[] expected = reference.floats(it.name() + ".starts");
      assertArrayEquals(part(expected, 0), nchw(starts.getFirst()), "first clean data");
      assertArrayEquals(part(expected, 1), nchw(starts.getLast()), "last clean data");
    }
    if (reference.contains(it.name() + ".built")) {
      float[] built = reference.floats(it.name() + ".built");
      assertArrayEquals(built, nchw(x), BUILT_ULPS * Math.ulp(largest(built)), "installed build");
    }
  }

  /** In the place of a network. */
  private static Tensor said(Tensor seen, float t, boolean learned) {
    float factor = (float) ((double) t / ((double) t + 1));
    Tensor said = seen.mul(0.7f).mul(factor).add(0.1f);
    return learned
        ? Tensor.concat(3, List.of(said, seen.mul(0.3f).square().sqrt())) // a positive variance
        : said;
  }

  @ParameterizedTest
  @CsvSource({"linear", "scaled_linear", "sigmoid", "squaredcos_cap_v2", "laplace", "exp"})
  void chainsAreDiffusers(String schedule) throws IOException {
    Map<String, Object> members = options("num_train_timesteps=333 beta_start=2e-4 beta_end=0.03");
    members.put("beta_schedule", schedule);
    Chain chain = Chain.of(new Options(members), 0, 0, List.of(BetaSchedule.values()));
    float[] expected = open("chains").floats(schedule);
    assertEquals(expected.length, chain.steps());
    for (int t = 0; t < expected.length; t++) {
      assertEquals(expected[t], chain.alphaBar(t), "timestep " + t);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.3", "0.9", "0.995"})
  void boundsAreDiffusers(String ratio) throws IOException {
    float[] expected = open("bounds").floats(ratio);
    Clipping.Threshold threshold = new Clipping.Threshold((float) Double.parseDouble(ratio), 1);
    for (int i = 0; i < expected.length; i++) {
      float[] row = PatternWeights.pattern("row " + i, 48);
      assertEquals(expected[i], threshold.quantile(row, 0, row.length), "row " + i);
    }
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  private static float[] part(float[] all, int index) {
    return Arrays.copyOfRange(all, index * SIZE, (index + 1) * SIZE);
  }

  private static Tensor image(String name) {
    Shape nchw = Shape.of(2, 3, 4, 4);
    return Tensor.of(nchw, PatternWeights.pattern(name, SIZE)).permute(0, 2, 3, 1);
  }

  private static float[] nchw(Tensor x) {
    return x.permute(0, 3, 1, 2).toArray();
  }

  private static SafeTensors open(String name) throws IOException {
    return SafeTensors.parse(bytes(name + ".safetensors"), name);
  }

  private static byte[] bytes(String name) throws IOException {
    String resource = "/schedulers/" + name;
    try (InputStream in = SchedulerLoopsTest.class.getResourceAsStream(resource)) {
      return Objects.requireNonNull(in, resource).readAllBytes();
    }
  }
}
