package ornstein.diffusion;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.nn.unet.UNetConfig;

/**
 * Everything beside the network that sampling must know; stored with the weights, so that nobody
 * samples with other settings than those of training.
 *
 * @param schedule name of the noise schedule, see {@link BetaSchedule#named}
 * @param steps length T of the chain
 * @param parameterization what the network's output estimates
 * @param variance variance of the ancestral step
 * @param rescaleTimesteps whether the network sees timesteps scaled to 0 … 1000 whatever T is
 * @param height height of the training images in pixels
 * @param width width of the training images in pixels
 * @param classNames names of the label classes in order; empty without classes
 */
public record DiffusionConfig(
    String schedule,
    int steps,
    Parameterization parameterization,
    VarianceModel variance,
    boolean rescaleTimesteps,
    int height,
    int width,
    List<String> classNames) {
  private static final String PREFIX = "diffusion.";
  private static final int MOST_STEPS = 1 << 20;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the schedule is unknown, the chain too long, or a size
   *     below 1
   */
  public DiffusionConfig {
    classNames = List.copyOf(classNames);
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "image size must be at least 1x1, got " + height + "x" + width);
    }
    if (steps > MOST_STEPS) {
      throw new IllegalArgumentException(
          "a chain has at most " + MOST_STEPS + " steps, not " + steps);
    }
    BetaSchedule unused = BetaSchedule.named(schedule, steps); // refuses what it cannot build
  }

  /**
   * Cosine schedule, T = 1000, ε-prediction, large fixed variance, as improved DDPM's published
   * networks; for images of the given size.
   *
   * @param height height in pixels
   * @param width width in pixels
   * @param classNames names of the label classes; empty without classes
   * @return the configuration
   */
  public static DiffusionConfig defaults(int height, int width, List<String> classNames) {
    return new DiffusionConfig(
        "cosine",
        1000,
        Parameterization.EPSILON,
        VarianceModel.FIXED_LARGE,
        true,
        height,
        width,
        classNames);
  }

  /**
   * The same with another schedule.
   *
   * @param name its name
   * @param length length T of the chain
   * @return the changed configuration
   */
  public DiffusionConfig withSchedule(String name, int length) {
    return new DiffusionConfig(
        name, length, parameterization, variance, rescaleTimesteps, height, width, classNames);
  }

  /**
   * The same with another meaning of the network's output.
   *
   * @param other the parameterisation
   * @return the changed configuration
   */
  public DiffusionConfig withParameterization(Parameterization other) {
    return new DiffusionConfig(
        schedule, steps, other, variance, rescaleTimesteps, height, width, classNames);
  }

  /**
   * The same with another variance of the ancestral step.
   *
   * @param other the variance; a learned one needs a network of twice the output channels
   * @return the changed configuration
   */
  public DiffusionConfig withVariance(VarianceModel other) {
    return new DiffusionConfig(
        schedule, steps, parameterization, other, rescaleTimesteps, height, width, classNames);
  }

  /**
   * The same with other classes.
   *
   * @param names their names in order; empty without classes
   * @return the changed configuration
   */
  public DiffusionConfig withClassNames(List<String> names) {
    return new DiffusionConfig(
        schedule, steps, parameterization, variance, rescaleTimesteps, height, width, names);
  }

  /**
   * Checks that a network says what this configuration needs.
   *
   * @param network the network's configuration
   * @throws IllegalArgumentException if its output channels are not those of its input, or twice as
   *     many with a learned variance, or its classes are not the named ones, nor one more
   */
  public void requireFit(UNetConfig network) {
    int wanted = network.inChannels() * (variance.isLearned() ? 2 : 1);
    if (network.outChannels() != wanted) {
      throw new IllegalArgumentException(
          "with the variance "
              + variance.configurationName()
              + " the network needs "
              + wanted
              + " output channels, it has "
              + network.outChannels());
    }
    int named = classNames.size();
    if (named > 0 && network.numClasses() != named && network.numClasses() != named + 1) {
      throw new IllegalArgumentException(
          named + " class names for a network of " + network.numClasses() + " classes");
    }
  }

  /**
   * The label that stands for no class, in networks trained for classifier-free guidance.
   *
   * @param network the network's configuration
   * @return the number after the last named class, or −1 if the network has no such label
   */
  public int nullLabel(UNetConfig network) {
    boolean spare = !classNames.isEmpty() && network.numClasses() == classNames.size() + 1;
    return spare ? classNames.size() : -1;
  }

  /**
   * The reverse process of a network trained with this configuration, along the whole chain, its
   * predictions clipped to the range of images.
   *
   * @param network the network
   * @return the process
   */
  public ReverseProcess process(Denoiser network) {
    SpacedSchedule whole =
        SpacedSchedule.of(
            BetaSchedule.named(schedule, steps), TimestepSpacing.all(), rescaleTimesteps);
    return new ReverseProcess(
        new GaussianDiffusion(whole), network, parameterization, variance, Thresholding.clip());
  }

  /**
   * The configuration as texts for a file's metadata.
   *
   * @return keys that start with {@code diffusion.} and their values
   */
  public SequencedMap<String, String> toMetadata() {
    SequencedMap<String, String> m = new LinkedHashMap<>();
    m.put(PREFIX + "schedule", schedule);
    m.put(PREFIX + "steps", Integer.toString(steps));
    m.put(PREFIX + "parameterization", parameterization.configurationName());
    m.put(PREFIX + "variance", variance.configurationName());
    m.put(PREFIX + "rescale_timesteps", Boolean.toString(rescaleTimesteps));
    m.put(PREFIX + "height", Integer.toString(height));
    m.put(PREFIX + "width", Integer.toString(width));
    m.put(PREFIX + "class_names", String.join("\n", classNames));
    return m;
  }

  /**
   * Reads what {@link #toMetadata} wrote.
   *
   * @param metadata a file's metadata
   * @return the configuration
   * @throws IllegalArgumentException if a key is missing or a value is out of range; the message
   *     names it
   */
  public static DiffusionConfig fromMetadata(Map<String, String> metadata) {
    String names = text(metadata, "class_names");
    return new DiffusionConfig(
        text(metadata, "schedule"),
        number(metadata, "steps"),
        Parameterization.named(text(metadata, "parameterization")),
        VarianceModel.named(text(metadata, "variance")),
        flag(metadata, "rescale_timesteps"),
        number(metadata, "height"),
        number(metadata, "width"),
        names.isEmpty() ? List.of() : List.of(names.split("\n", -1)));
  }

  private static String text(Map<String, String> metadata, String key) {
    String value = metadata.get(PREFIX + key);
    if (value == null) {
      throw new IllegalArgumentException(
          "the metadata has no '" + PREFIX + key + "', so how to sample is unknown");
    }
    return value;
  }

  private static int number(Map<String, String> metadata, String key) {
    String value = text(metadata, key);
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + PREFIX + key + "' is '" + value + "', not a whole number", e);
    }
  }

  private static boolean flag(Map<String, String> metadata, String key) {
    String value = text(metadata, key);
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException(
              "'" + PREFIX + key + "' is '" + value + "', not true or false");
    };
  }
}
