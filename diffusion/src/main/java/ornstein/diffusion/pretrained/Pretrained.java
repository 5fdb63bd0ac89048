package ornstein.diffusion.pretrained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.train.TrainingCheckpoint;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;
import ornstein.nn.StateDictException;
import ornstein.nn.Weights;
import ornstein.nn.checkpoint.Checkpoint;
import ornstein.nn.checkpoint.WeightFile;
import ornstein.nn.family.DdimConfig;
import ornstein.nn.family.DiffusersConfig;
import ornstein.nn.family.Family;
import ornstein.nn.family.FamilyWeights;
import ornstein.nn.family.JsonObject;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/** Opens models of other projects. Nothing in their files is ever executed. */
public final class Pretrained {
  /** ddim's networks see 16×16 pixels where their attention is. */
  private static final int DDIM_ATTENTION_SIDE = 16;

  private Pretrained() {}

  /**
   * Opens a model of any project: a file that this one wrote, a checkpoint whose options are
   * improved-diffusion's defaults, or a folder of diffusers.
   *
   * @param model the file or folder
   * @return the model
   * @throws FormatException if it is damaged or of no kind that is known
   * @throws IOException if it is missing or cannot be read
   */
  public static Pipeline open(Path model) throws IOException {
    if (Files.isDirectory(model)) {
      return new DiffusersFolder(model).open();
    }
    return isOwn(model) ? Pipeline.load(model) : open(model, OpenAiOptions.NONE);
  }

  /**
   * Whether a file was written by this project.
   *
   * @param file the file
   * @return whether it is a safetensors file with this project's metadata
   * @throws IOException if it is missing, damaged or cannot be read
   */
  public static boolean isOwn(Path file) throws IOException {
    if (WeightFile.format(file) != WeightFile.Format.SAFETENSORS) {
      return false;
    }
    try (SafeTensors opened = SafeTensors.open(file)) {
      return opened.metadata().containsKey("ornstein.checkpoint");
    }
  }

  /**
   * Opens a single file of improved-diffusion, guided-diffusion or ddim.
   *
   * @param file safetensors, a PyTorch checkpoint, or npz
   * @param options what the file does not hold
   * @return the model, with averaged weights if there are any
   * @throws FormatException if the file is damaged or holds no network that is known
   * @throws IllegalArgumentException if an option contradicts the file, or does not fit the network
   * @throws IOException if the file is missing or cannot be read
   */
  public static Pipeline open(Path file, OpenAiOptions options) throws IOException {
    try (WeightFile opened = WeightFile.open(file)) {
      if (TrainingCheckpoint.isDescribedBy(opened.metadata())) {
        throw problem(
            file,
            "is a checkpoint from which a training goes on, not a model; give the run's"
                + " model.safetensors");
      }
      FamilyWeights found = single(file, opened.weights());
      if (found.family() == Family.DIFFUSERS) {
        throw problem(
            file,
            "is a network of diffusers without its configuration; give the folder that has"
                + " unet/config.json and scheduler/scheduler_config.json");
      }
      return build(file, found, options);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IllegalArgumentException e) {
      if (options.equals(OpenAiOptions.NONE)) {
        throw problem(file, String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private static FamilyWeights single(Path file, Weights weights) throws FormatException {
    List<FamilyWeights> all = FamilyWeights.in(weights);
    if (all.isEmpty()) {
      throw problem(
          file,
          "holds no network of a family that is known ("
              + String.join(", ", Family.all().stream().map(Family::toString).toList())
              + ") among its "
              + weights.names().size()
              + " tensors");
    }
    FamilyWeights first = all.get(0);
    if (first.isClassifier()) {
      throw problem(file, "holds a classifier, where a network that removes noise is needed");
    }
    return first;
  }

  private static Pipeline build(Path file, FamilyWeights found, OpenAiOptions options)
      throws FormatException {
    UNetConfig network;
    DiffusionConfig diffusion;
    if (found.family() == Family.DDIM) {
      network = DdimConfig.of(found.weights());
      options.requireDdim(network);
      diffusion = ddim(network, options);
    } else {
      OpenAiOptions.Resolved resolved = options.resolve(found.weights());
      network = resolved.network();
      diffusion = resolved.diffusion();
    }
    return load(file, found.family(), network, diffusion, found.weights());
  }

  /** ddim's configurations: DDPM's schedule, timesteps as they are. */
  private static DiffusionConfig ddim(UNetConfig network, OpenAiOptions options) {
    List<Integer> attention = network.attentionResolutions();
    int guessed = attention.isEmpty() ? 32 : DDIM_ATTENTION_SIDE * attention.get(0);
    int size = options.imageSize() != null ? options.imageSize() : guessed;
    boolean small = options.sigmaSmall() != null && options.sigmaSmall();
    return new DiffusionConfig(
        options.noiseSchedule() == null ? "linear_fixed+float32" : options.noiseSchedule(),
        options.diffusionSteps() == null ? 1000 : options.diffusionSteps(),
        Parameterization.EPSILON,
        small ? VarianceModel.FIXED_SMALL : VarianceModel.FIXED_LARGE,
        false,
        size,
        size,
        List.of());
  }

  /**
   * Opens a model of diffusers, whose configuration files have been parsed.
   *
   * @param unet members of {@code unet/config.json}
   * @param scheduler members of {@code scheduler/scheduler_config.json}
   * @param file the weights, safetensors or a PyTorch checkpoint
   * @return the model
   * @throws FormatException if the file is damaged or its tensors are not those of the network
   * @throws IllegalArgumentException if a member has a value that is not known here; the message
   *     names it
   * @throws IOException if the file is missing or cannot be read
   */
  public static Pipeline diffusers(Map<String, ?> unet, Map<String, ?> scheduler, Path file)
      throws IOException {
    UNetConfig network = DiffusersConfig.read(unet);
    JsonObject json = new JsonObject("unet/config.json", unet);
    boolean square = unet.get("sample_size") instanceof Number;
    List<Integer> size =
        square
            ? List.of(json.integer("sample_size", 0), json.integer("sample_size", 0))
            : json.integers("sample_size", List.of(0, 0));
    json.require(
        size.size() == 2 && size.get(0) > 0 && size.get(1) > 0,
        "sample_size",
        "must be the height and width of the images");
    DiffusionConfig diffusion = DiffusersScheduler.read(scheduler, size.get(0), size.get(1));
    try (WeightFile opened = WeightFile.open(file)) {
      Weights weights = LegacyAttention.renamed(opened.weights());
      return load(file, Family.DIFFUSERS, network, diffusion, weights);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Pipeline load(
      Path file, Family family, UNetConfig network, DiffusionConfig diffusion, Weights weights)
      throws FormatException {
    // Counted before building, so that a wrong configuration cannot allocate more than there is.
    if (weights.size() != network.parameterCount()) {
      throw problem(
          file,
          "has "
              + weights.size()
              + " values, the network that its configuration describes "
              + network.parameterCount());
    }
    try {
      UNet model = family.load(network, weights);
      Checkpoint.requireFinite(file, model);
      return Pipeline.of(model, diffusion);
    } catch (StateDictException e) {
      throw problem(file, String.valueOf(e.getMessage()));
    }
  }

  private static FormatException problem(Path file, String what) {
    return new FormatException(file.toString(), null, -1, what);
  }
}
