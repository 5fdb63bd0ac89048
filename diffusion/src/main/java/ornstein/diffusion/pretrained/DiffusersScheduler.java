package ornstein.diffusion.pretrained;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.VarianceModel;
import ornstein.nn.family.JsonObject;

/**
 * What diffusers' {@code scheduler/scheduler_config.json} says of how a model was trained, to and
 * from plain values as a JSON parser gives them.
 */
public final class DiffusersScheduler {
  private static final String FILE = "scheduler/scheduler_config.json";

  /** diffusers computes its schedules in float32. */
  private static final String FLOAT32 = "+float32";

  private static final double FIRST = 1e-4;
  private static final double LAST = 0.02;

  private DiffusersScheduler() {}

  /**
   * Reads a configuration.
   *
   * @param values the file's members
   * @param height height of the training images
   * @param width their width
   * @return the configuration
   * @throws IllegalArgumentException if a member has a value that is not known here; the message
   *     names it
   */
  public static DiffusionConfig read(Map<String, ?> values, int height, int width) {
    JsonObject json = new JsonObject(FILE, values);
    json.require(json.isNull("trained_betas"), "trained_betas", "must be null: give a schedule");
    int steps = json.integer("num_train_timesteps", 1000);
    Parameterization parameterization =
        switch (json.text("prediction_type", "epsilon")) {
          case "epsilon" -> Parameterization.EPSILON;
          case "sample" -> Parameterization.START_X;
          case "v_prediction" -> Parameterization.V;
          default -> throw json.error("prediction_type", "must be epsilon, sample or v_prediction");
        };
    VarianceModel variance =
        switch (json.text("variance_type", "fixed_small")) {
          case "fixed_small", "fixed_small_log" -> VarianceModel.FIXED_SMALL;
          case "fixed_large", "fixed_large_log" -> VarianceModel.FIXED_LARGE;
          case "learned" -> VarianceModel.LEARNED;
          case "learned_range" -> VarianceModel.LEARNED_RANGE;
          default ->
              throw json.error(
                  "variance_type",
                  "must be fixed_small, fixed_large, learned or learned_range, maybe with _log");
        };
    return new DiffusionConfig(
        schedule(json), steps, parameterization, variance, false, height, width, List.of());
  }

  private static String schedule(JsonObject json) {
    String ends = ":" + json.number("beta_start", FIRST) + ":" + json.number("beta_end", LAST);
    String base =
        switch (json.text("beta_schedule", "linear")) {
          case "linear" -> "linear_fixed" + ends;
          case "scaled_linear" -> "scaled_linear" + ends;
          case "sigmoid" -> "sigmoid_beta" + ends;
          case "squaredcos_cap_v2" -> "cosine";
          default ->
              throw json.error(
                  "beta_schedule", "must be linear, scaled_linear, sigmoid or squaredcos_cap_v2");
        };
    String rescaled = json.flag("rescale_betas_zero_snr", false) ? base + "+zero_snr" : base;
    return rescaled + FLOAT32;
  }

  /**
   * Writes a configuration, as that of a DDPMScheduler.
   *
   * @param config the configuration
   * @return the file's members
   * @throws IllegalArgumentException if diffusers has no such process
   */
  public static SequencedMap<String, Object> write(DiffusionConfig config) {
    SequencedMap<String, Object> m = new LinkedHashMap<>();
    m.put("_class_name", "DDPMScheduler");
    m.put("num_train_timesteps", config.steps());
    String[] changes = config.schedule().split("\\+", -1);
    String[] parts = changes[0].split(":", -1);
    double scale = 1000.0 / config.steps();
    switch (parts[0]) {
      case "linear" -> ends(m, "linear", scale * FIRST, scale * LAST);
      case "linear_fixed" -> ends(m, "linear", end(parts, 1, FIRST), end(parts, 2, LAST));
      case "scaled_linear" ->
          ends(m, "scaled_linear", end(parts, 1, 0.00085), end(parts, 2, 0.012));
      case "sigmoid_beta" -> ends(m, "sigmoid", end(parts, 1, FIRST), end(parts, 2, LAST));
      case "cosine" -> m.put("beta_schedule", "squaredcos_cap_v2");
      default -> throw unknown("noise schedule", config.schedule());
    }
    for (int i = 1; i < changes.length; i++) {
      switch (changes[i]) {
        case "float32" -> {} // its own arithmetic
        case "zero_snr" -> {
          m.put("rescale_betas_zero_snr", true);
          m.put("timestep_spacing", "trailing");
        }
        default -> throw unknown("noise schedule", config.schedule());
      }
    }
    m.put(
        "prediction_type",
        switch (config.parameterization()) {
          case EPSILON -> "epsilon";
          case START_X -> "sample";
          case V -> "v_prediction";
          default -> throw unknown("prediction", config.parameterization().configurationName());
        });
    m.put("variance_type", config.variance().configurationName());
    m.put("clip_sample", true);
    if (config.rescaleTimesteps() && config.steps() != 1000) {
      throw new IllegalArgumentException(
          "diffusers tells networks the timesteps as they are, and this one was trained on a chain"
              + " of "
              + config.steps()
              + " scaled to 1000");
    }
    return m;
  }

  private static void ends(Map<String, Object> m, String schedule, double first, double last) {
    m.put("beta_schedule", schedule);
    m.put("beta_start", first);
    m.put("beta_end", last);
  }

  private static double end(String[] parts, int index, double missing) {
    return parts.length > index ? Double.parseDouble(parts[index]) : missing;
  }

  private static IllegalArgumentException unknown(String what, String value) {
    return new IllegalArgumentException("diffusers does not know the " + what + " " + value);
  }
}
