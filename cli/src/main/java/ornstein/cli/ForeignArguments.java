package ornstein.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.pretrained.DiffusersFolder;
import ornstein.diffusion.pretrained.OpenAiOptions;
import ornstein.diffusion.pretrained.Pretrained;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * What checkpoints of improved-diffusion, guided-diffusion and ddim do not hold, under
 * improved-diffusion's own names and with its defaults.
 */
final class ForeignArguments {
  @Option(
      names = "--image_size",
      paramLabel = "N",
      description =
          "Side of the images. Default: that of the published network with such levels, or 64.")
  @Nullable Integer imageSize;

  @Option(
      names = "--num_channels",
      paramLabel = "N",
      description = "Told by the tensors; an error if they say otherwise.")
  @Nullable Integer numChannels;

  @Option(
      names = "--num_res_blocks",
      paramLabel = "N",
      description = "Told by the tensors; an error if they say otherwise.")
  @Nullable Integer numResBlocks;

  @Option(
      names = "--num_heads",
      paramLabel = "N",
      description = "Attention heads, which no tensor tells. Default: 4.")
  @Nullable Integer numHeads;

  @Option(
      names = "--num_heads_upsample",
      paramLabel = "N",
      description = "Heads on the way up. Default: as many.")
  @Nullable Integer numHeadsUpsample;

  @Option(
      names = "--num_head_channels",
      paramLabel = "N",
      description = "Channels of a head instead. Default: none.")
  @Nullable Integer numHeadChannels;

  @Option(
      names = "--attention_resolutions",
      paramLabel = "SIDES",
      description = "Told by the tensors; an error if they say otherwise.")
  @Nullable String attentionResolutions;

  @Option(
      names = "--learn_sigma",
      paramLabel = "BOOL",
      arity = "1",
      converter = PythonBoolean.class,
      description = "Told by the tensors; an error if they say otherwise.")
  @Nullable Boolean learnSigma;

  @Option(
      names = "--sigma_small",
      paramLabel = "BOOL",
      arity = "1",
      converter = PythonBoolean.class,
      description = "Ancestral sampling with the smaller fixed variance. Default: False.")
  @Nullable Boolean sigmaSmall;

  @Option(
      names = "--class_cond",
      paramLabel = "BOOL",
      arity = "1",
      converter = PythonBoolean.class,
      description = "Told by the tensors; an error if they say otherwise.")
  @Nullable Boolean classCond;

  @Option(
      names = "--diffusion_steps",
      paramLabel = "T",
      description = "Length of the chain. Default: 1000.")
  @Nullable Integer diffusionSteps;

  @Option(
      names = "--noise_schedule",
      paramLabel = "NAME",
      description = "linear or cosine. Default: linear.")
  @Nullable String noiseSchedule;

  @Option(
      names = "--predict_xstart",
      paramLabel = "BOOL",
      arity = "1",
      converter = PythonBoolean.class,
      description = "The network predicts clean images. Default: False.")
  @Nullable Boolean predictXstart;

  @Option(
      names = "--rescale_timesteps",
      paramLabel = "BOOL",
      arity = "1",
      converter = PythonBoolean.class,
      description = "It sees timesteps scaled to 1000. Default: True.")
  @Nullable Boolean rescaleTimesteps;

  @Option(
      names = "--use_scale_shift_norm",
      paramLabel = "BOOL",
      arity = "1",
      converter = PythonBoolean.class,
      description = "Told by the tensors; an error if they say otherwise.")
  @Nullable Boolean useScaleShiftNorm;

  @Option(
      names = "--resblock_updown",
      paramLabel = "BOOL",
      arity = "1",
      converter = PythonBoolean.class,
      description = "Told by the tensors; an error if they say otherwise.")
  @Nullable Boolean resblockUpdown;

  @Option(
      names = "--use_new_attention_order",
      paramLabel = "BOOL",
      arity = "1",
      converter = PythonBoolean.class,
      description = "Guided-diffusion's order of queries, keys and values. Default: False.")
  @Nullable Boolean useNewAttentionOrder;

  ForeignArguments() {}

  /** As Python's scripts read it. */
  static final class PythonBoolean implements ITypeConverter<Boolean> {
    PythonBoolean() {}

    @Override
    public Boolean convert(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "true", "yes", "t", "y", "1" -> true;
        case "false", "no", "f", "n", "0" -> false;
        default -> throw new TypeConversionException("'" + text + "' is not True or False");
      };
    }
  }

  /**
   * Opens a model of this project or another.
   *
   * @param model a file, a folder of diffusers, or the name of a built-in model
   */
  Pipeline open(UsageCheck usage, Path model) throws IOException {
    OpenAiOptions options = options();
    Optional<BuiltInModel> builtIn = BuiltInModel.of(model);
    if (builtIn.isPresent()) {
      requireUnset(usage, "a built-in model");
      return builtIn.get().open();
    }
    if (BuiltInModel.isHidden(model)) {
      usage.note(
          "--model " + model + ": taking " + model.toAbsolutePath() + ", not the built-in model");
    }
    if (!Files.exists(model)) {
      throw new CliException(
          model + ": no such file or folder",
          "check the path, or name a built-in model: " + String.join(" or ", BuiltInModel.names()));
    }
    Path ofRun = model.resolve(TrainingRun.MODEL);
    if (Files.isRegularFile(ofRun)) { // the folder of a run
      requireUnset(usage, "a run's model");
      return Pipeline.load(ofRun);
    }
    if (Files.isDirectory(model)) {
      requireUnset(usage, "a model of diffusers");
      return new DiffusersFolder(model).open();
    }
    // What is neither is for the reader of own files to say.
    if (!Files.isRegularFile(model) || Pretrained.isOwn(model)) {
      requireUnset(usage, "the model's file");
      return Pipeline.load(model);
    }
    try {
      return Pretrained.open(model, options);
    } catch (IllegalArgumentException e) {
      throw usage.error(e.getMessage() + " (--model " + model + ")");
    }
  }

  /** Checks that no option is given, for what has a configuration of its own. */
  void requireUnset(UsageCheck usage, String what) {
    usage.require(
        options().equals(OpenAiOptions.NONE),
        what + " has its own configuration; leave " + first(usage) + " out");
  }

  private OpenAiOptions options() {
    return new OpenAiOptions(
        imageSize,
        numChannels,
        numResBlocks,
        numHeads,
        numHeadsUpsample,
        numHeadChannels,
        attentionResolutions,
        learnSigma,
        sigmaSmall,
        classCond,
        diffusionSteps,
        noiseSchedule,
        predictXstart,
        rescaleTimesteps,
        useScaleShiftNorm,
        resblockUpdown,
        useNewAttentionOrder);
  }

  /** One of the options that were given. */
  private static String first(UsageCheck usage) {
    return usage.spec().commandLine().getParseResult().matchedOptions().stream()
        .map(OptionSpec::longestName)
        .filter(name -> name.contains("_"))
        .findFirst()
        .orElse("the options");
  }
}
