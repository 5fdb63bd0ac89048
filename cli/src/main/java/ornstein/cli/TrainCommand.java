package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.train.Trainer;
import ornstein.diffusion.train.TrainingConfig;
import ornstein.diffusion.train.Validation;
import ornstein.nn.unet.UNetConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a model on a set of images. */
@Command(
    name = "train",
    description = {
      "Trains a diffusion model on images of any height and width with 1 to 4 channels.",
      "Writes model.safetensors, checkpoints, metrics.csv, loss.png, log.txt, samples, events for",
      "TensorBoard, and at its end report.html. Ctrl-C saves everything as it is, draws no samples,",
      "and ends with exit code 130; --resume goes on from there, or from the last checkpoint if the",
      "process was killed, with the same bits."
    },
    sortOptions = false,
    customSynopsis = {"ornstein train --data=PATH [OPTION]..."},
    footer = {
      "  ornstein train --data digits --minutes 2",
      "  ornstein train --data train-images-idx3-ubyte.gz --out mnist --steps 20000",
      "  ornstein train --data photos/ --size 64x64 --hours 8 --out photos-model",
      "  ornstein train --resume --out photos-model",
      "  ornstein train --data photos/ --size 72x72 --crop 64x64 --flip --validation 0.05",
      "  ornstein train --data cifar-10-batches-bin --model-channels 128 \\",
      "      --channel-mult 1,2,2,2 --attention 16,8 --res-blocks 3 --dropout 0.3 \\",
      "      --lr 1e-4 --steps 500000 --out cifar10"
    })
final class TrainCommand implements Callable<Integer> {
  private static final int SAMPLES = 64;
  private static final int DRAFTS = 40;
  private static final int DRAFT_STEPS = 25;

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin(name = "Images")
  DatasetArguments dataset = new DatasetArguments();

  @Mixin(name = "Training images")
  TrainingImages images = new TrainingImages();

  @Mixin(name = "Length")
  LimitArguments limits = new LimitArguments();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the results. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("run");

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description =
          "Settings that suit images of a size: 8x8, 28x28, 32x32 or 64x64. Options given beside it"
              + " win.")
  @Nullable String preset;

  @Option(
      names = "--validation-data",
      paramLabel = "PATH",
      description = "Images that are not trained on, to measure the loss with.")
  @Nullable Path validationData;

  @Option(
      names = "--sample-every",
      paramLabel = "WHEN",
      converter = SaveInterval.Converter.class,
      description =
          "Draw samples with the averaged weights, into samples/, after so many steps or so much"
              + " time. Default: 10m.")
  SaveInterval sampleEvery = new SaveInterval.Converter().convert("10m");

  @Mixin(name = "Run")
  RunArguments run = new RunArguments();

  @Mixin(name = "Objective")
  ObjectiveArguments objective = new ObjectiveArguments();

  @Mixin(name = "Optimisation")
  TrainingArguments training = new TrainingArguments();

  @Mixin(name = "Network")
  NetworkArguments network = new NetworkArguments();

  @Mixin(name = "Diffusion")
  DiffusionArguments diffusion = new DiffusionArguments();

  TrainCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    OutputFolder folder = OutputFolder.of(usage, out);
    if (run.resume) {
      RunRecord begun = RunFolder.record(usage, folder);
      TrainCommand command = (TrainCommand) begun.resumedBy(spec).userObject();
      command.dataset.relativeTo(begun.directory());
      return command.train(folder);
    }
    return train(folder);
  }

  private int train(OutputFolder folder) throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    if (preset != null) {
      Presets.apply(usage, preset);
    }
    RunArguments settings = run.checked(usage);
    boolean learned = diffusion.variance(usage).isLearned();
    TrainingConfig config = training.config(usage, objective, learned, limits);
    if (!settings.resume) {
      RunFolder.requireFree(usage, folder);
    }
    try (ImageDataset all = dataset.open(usage);
        ImageDataset held = heldBack(usage, all)) {
      return train(folder, config, images.training(usage, all), held);
    }
  }

  private @Nullable ImageDataset heldBack(UsageCheck usage, ImageDataset all) throws IOException {
    Path other = validationData;
    if (other == null) {
      return images.heldBack(usage, all);
    }
    usage.require(
        images.validation == null,
        "--validation and --validation-data contradict each other; give one of them");
    return images.centred(usage, dataset.alike(usage, other));
  }

  private int train(
      OutputFolder folder, TrainingConfig config, ImageDataset data, @Nullable ImageDataset held)
      throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    boolean learned = diffusion.variance(usage).isLearned();
    UNetConfig unet = network.config(usage, data, learned, config.objective().labelDropout() > 0);
    DiffusionConfig process = diffusion.config(usage, data, network.classNames(usage, data));
    Trainer trainer = usage.valid(() -> new Trainer(unet, process, data, config));
    Validation validation = held == null ? null : usage.valid(() -> trainer.validation(held));
    folder.create();
    Pipeline model;
    try (RunFolder kept = RunFolder.open(folder)) {
      kept.prepare(spec, trainer, describe(data, held, unet, config), run.resume);
      model = run(trainer, validation, folder, kept);
    }
    if (model == null) {
      return Interruption.EXIT_CODE;
    }
    int code = sample(model, folder, config.seed());
    TrainingRun.report(spec.commandLine(), folder.path()); // with the samples
    return code;
  }

  private @Nullable Pipeline run(
      Trainer trainer, @Nullable Validation validation, OutputFolder folder, RunFolder kept)
      throws IOException {
    TrainingRun<Pipeline> training =
        new TrainingRun<>(spec.commandLine(), trainer, folder, kept, run)
            .drawnBy(TrainCommand::draft, sampleEvery);
    if (validation != null) {
      training.validatedBy(validation);
    }
    return training.run();
  }

  /** The same noise each time, so that pictures of a run show one image as it gets better. */
  private static void draft(Pipeline model, Path file) throws IOException {
    int classes = model.classes();
    int count = classes > 0 && classes <= DRAFTS ? DRAFTS - DRAFTS % classes : DRAFTS;
    ImageSize size = new ImageSize(model.config().height(), model.config().width());
    int steps = Math.min(DRAFT_STEPS, model.config().steps());
    SampleRequest request = SampleRequest.of(count).steps(steps).batch(count);
    PictureGrid.of(count, size, classes).savePng(file, model.sample(request));
  }

  private int sample(Pipeline model, OutputFolder folder, long seed) throws IOException {
    SampleRequest request = SampleRequest.of(SAMPLES).seed(seed);
    ImageSize size = new ImageSize(model.config().height(), model.config().width());
    PictureGrid grid = PictureGrid.of(SAMPLES, size, model.classes());
    SampleFiles files = SampleFiles.picture(folder, SAMPLES, size, grid);
    return new SamplingRun(spec.commandLine(), model, request, files).run()
        ? ExitCode.OK
        : Interruption.EXIT_CODE;
  }

  /** Says what begins, and gives it back for the record. */
  private SequencedMap<String, String> describe(
      ImageDataset data, @Nullable ImageDataset held, UNetConfig unet, TrainingConfig config) {
    PrintWriter terminal = spec.commandLine().getOut();
    String sizes =
        IntStream.range(0, unet.channelMult().size())
            .mapToObj(
                level ->
                    new ImageSize(data.height() >> level, data.width() >> level)
                        + " with "
                        + unet.modelChannels() * unet.channelMult().get(level))
            .collect(Collectors.joining(", "));
    SequencedMap<String, String> description = new LinkedHashMap<>();
    description.put(
        "data",
        String.format(
            Locale.ROOT,
            "%,d images of %dx%d, %s, %s%s",
            data.size(),
            data.height(),
            data.width(),
            data.channels() == 1 ? "1 channel" : data.channels() + " channels",
            data.classes() == 0 ? "no labels" : data.classes() + " classes",
            held == null ? "" : String.format(Locale.ROOT, "; %,d to measure with", held.size())));
    description.put(
        "network",
        String.format(
            Locale.ROOT,
            "%,d weights, %s; levels of %s channels",
            unet.parameterCount(),
            unet.numClasses() == 0 ? "unconditional" : "conditional on the class",
            sizes));
    description.forEach((what, words) -> terminal.println(what + ": " + words));
    terminal.printf(
        Locale.ROOT,
        "training in batches of %d, until %s%n",
        config.batchSize(),
        LimitArguments.describe(config.maxSteps(), config.timeLimit()));
    terminal.flush();
    return description;
  }
}
