package ornstein.diffusion.pretrained;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.VarianceModel;
import ornstein.nn.Weights;
import ornstein.nn.family.OpenAiConfig;
import ornstein.nn.unet.UNetConfig;

/**
 * The options of improved-diffusion's scripts (script_util.py, model_and_diffusion_defaults), which
 * their checkpoints do not hold. Null where an option was not given: then what the tensors tell
 * counts, else the script's default.
 *
 * @param imageSize side of the images; by default that whose levels the network has, or 64
 * @param numChannels channels of the first level
 * @param numResBlocks residual blocks of a level
 * @param numHeads attention heads; 4 by default
 * @param numHeadsUpsample heads on the way up; as many by default
 * @param numHeadChannels channels of a head; by default heads count
 * @param attentionResolutions sides of the image at which there is attention
 * @param learnSigma whether the network says its variance
 * @param sigmaSmall whether a fixed variance is the smaller one
 * @param classCond whether the network has classes
 * @param diffusionSteps length of the chain; 1000 by default
 * @param noiseSchedule the noise schedule, linear by default
 * @param predictXstart whether the network predicts clean images
 * @param rescaleTimesteps whether it sees timesteps scaled to 1000; true by default, as in
 *     improved-diffusion, not as in guided-diffusion
 * @param useScaleShiftNorm whether the embedding scales and shifts
 * @param resblockUpdown whether residual blocks resize
 * @param useNewAttentionOrder guided-diffusion's order of queries, keys and values
 */
public record OpenAiOptions(
    @Nullable Integer imageSize,
    @Nullable Integer numChannels,
    @Nullable Integer numResBlocks,
    @Nullable Integer numHeads,
    @Nullable Integer numHeadsUpsample,
    @Nullable Integer numHeadChannels,
    @Nullable String attentionResolutions,
    @Nullable Boolean learnSigma,
    @Nullable Boolean sigmaSmall,
    @Nullable Boolean classCond,
    @Nullable Integer diffusionSteps,
    @Nullable String noiseSchedule,
    @Nullable Boolean predictXstart,
    @Nullable Boolean rescaleTimesteps,
    @Nullable Boolean useScaleShiftNorm,
    @Nullable Boolean resblockUpdown,
    @Nullable Boolean useNewAttentionOrder) {
  /** Nothing given. */
  public static final OpenAiOptions NONE =
      new OpenAiOptions(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null);

  private static final int DEFAULT_SIZE = 64;

  /** The sizes whose levels the scripts choose, by the multiples. */
  private static final Map<List<Integer>, Integer> SIZES =
      Map.of(
          List.of(1, 2, 2, 2), 32,
          List.of(1, 2, 3, 4), 64,
          List.of(1, 1, 2, 3, 4), 128,
          List.of(1, 1, 2, 2, 4, 4), 256,
          List.of(1, 2, 2, 4, 4, 8, 8), 512);

  /**
   * A network's configuration and how it is sampled.
   *
   * @param network the network
   * @param diffusion how it was trained
   */
  public record Resolved(UNetConfig network, DiffusionConfig diffusion) {}

  /**
   * Puts options and tensors together.
   *
   * @param weights the network's tensors, without a prefix
   * @return the configurations
   * @throws IllegalArgumentException if the tensors are of no such network, or contradict an
   *     option, which the message names
   */
  public Resolved resolve(Weights weights) {
    OpenAiConfig heads =
        new OpenAiConfig(
            or(numHeads, OpenAiConfig.DEFAULTS.numHeads()),
            or(numHeadsUpsample, -1),
            or(numHeadChannels, -1),
            useNewAttentionOrder != null && useNewAttentionOrder);
    UNetConfig network = heads.of(weights);
    int time = network.style().timeChannels();
    agree("num_channels", numChannels, time == 0 ? network.modelChannels() : time);
    agree("num_res_blocks", numResBlocks, network.numResBlocks());
    agree("use_scale_shift_norm", useScaleShiftNorm, network.useScaleShiftNorm());
    agree("resblock_updown", resblockUpdown, network.style().resblockDown());
    agree("class_cond", classCond, network.numClasses() > 0);
    if (network.inChannels() == 6) {
      throw new IllegalArgumentException(
          "it is a super-resolution network, which sees a small image beside the noisy one; only"
              + " programs can use it");
    }
    int size = imageSize != null ? imageSize : SIZES.getOrDefault(levels(network), DEFAULT_SIZE);
    attention(network, size);
    return new Resolved(network, diffusion(network, size));
  }

  /**
   * Checks the options against a network of ddim, whose tensors tell everything.
   *
   * @param network the network
   * @throws IllegalArgumentException if an option contradicts it, or means nothing for it; the
   *     message names the option
   */
  void requireDdim(UNetConfig network) {
    agree("num_channels", numChannels, network.modelChannels());
    agree("num_res_blocks", numResBlocks, network.numResBlocks());
    agree("num_heads", numHeads, 1);
    agree("num_heads_upsample", numHeadsUpsample, 1);
    agree("num_head_channels", numHeadChannels, -1);
    agree("learn_sigma", learnSigma, false);
    agree("class_cond", classCond, false);
    agree("predict_xstart", predictXstart, false);
    agree("rescale_timesteps", rescaleTimesteps, false);
    agree("use_scale_shift_norm", useScaleShiftNorm, false);
    agree("resblock_updown", resblockUpdown, false);
    agree("use_new_attention_order", useNewAttentionOrder, false);
    if (imageSize != null) {
      attention(network, imageSize);
    }
  }

  private static List<Integer> levels(UNetConfig network) {
    return network.channelMult();
  }

  private DiffusionConfig diffusion(UNetConfig network, int size) {
    boolean learned = network.outChannels() == 2 * network.inChannels();
    agree("learn_sigma", learnSigma, learned);
    VarianceModel variance =
        learned
            ? VarianceModel.LEARNED_RANGE
            : sigmaSmall != null && sigmaSmall
                ? VarianceModel.FIXED_SMALL
                : VarianceModel.FIXED_LARGE;
    return new DiffusionConfig(
        noiseSchedule == null ? "linear" : noiseSchedule,
        or(diffusionSteps, 1000),
        predictXstart != null && predictXstart
            ? Parameterization.START_X
            : Parameterization.EPSILON,
        variance,
        rescaleTimesteps == null || rescaleTimesteps,
        size,
        size,
        List.of());
  }

  private void attention(UNetConfig network, int size) {
    String given = attentionResolutions;
    if (given == null) {
      return;
    }
    List<Integer> factors;
    try {
      factors =
          List.of(given.split(",", -1)).stream()
              .map(side -> size / Integer.parseInt(side.strip()))
              .filter(factor -> factor <= network.sizeMultiple())
              .sorted()
              .toList();
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "--attention_resolutions " + given + " must be sides of the image, as in 16,8", e);
    }
    List<Integer> found = network.attentionResolutions().stream().sorted().toList();
    if (!factors.equals(found)) {
      throw new IllegalArgumentException(
          "--attention_resolutions "
              + given
              + " contradicts the file, which at "
              + size
              + "x"
              + size
              + " has attention at "
              + found.stream().map(factor -> Integer.toString(size / factor)).toList());
    }
  }

  private static int or(@Nullable Integer given, int missing) {
    return given == null ? missing : given;
  }

  private static void agree(String option, @Nullable Object given, Object found) {
    if (given != null && !given.equals(found)) {
      throw new IllegalArgumentException(
          "--" + option + " " + given + " contradicts the file, whose tensors say " + found);
    }
  }
}
