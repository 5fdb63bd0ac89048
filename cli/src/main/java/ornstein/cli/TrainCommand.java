package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.train.Trainer;
import ornstein.diffusion.train.TrainingConfig;
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
      "Writes model.safetensors, loss.png, log.csv and samples.png. Ctrl-C saves the model",
      "as it is, draws no samples, and ends with exit code 130."
    },
    sortOptions = false,
    customSynopsis = {"ornstein train --data=PATH [OPTION]..."},
    footer = {
      "  ornstein train --data digits --minutes 2",
      "  ornstein train --data train-images-idx3-ubyte.gz --out mnist --steps 20000",
      "  ornstein train --data photos/ --size 64x64 --hours 8 --out photos-model",
      "  ornstein train --data cifar-10-batches-bin --model-channels 128 \\",
      "      --channel-mult 1,2,2,2 --attention 16,8 --res-blocks 3 --dropout 0.3 \\",
      "      --lr 1e-4 --steps 500000 --out cifar10"
    })
final class TrainCommand implements Callable<Integer> {
  private static final int SAMPLES = 64;

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin(name = "Images")
  DatasetArguments dataset = new DatasetArguments();

  @Mixin(name = "Length")
  LimitArguments limits = new LimitArguments();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the results. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("run");

  @Option(
      names = "--save-every",
      paramLabel = "WHEN",
      converter = SaveInterval.Converter.class,
      description =
          "Save the model after so many steps (500) or so much time (90s, 10m, 2h). Default: 10m.")
  SaveInterval saveEvery = new SaveInterval.Converter().convert("10m");

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
    boolean learned = diffusion.variance(usage).isLearned();
    TrainingConfig config =
        training.config(usage, learned, limits.steps(usage), limits.time(usage));
    OutputFolder folder = OutputFolder.of(usage, out);
    ImageDataset data = dataset.open(usage);
    UNetConfig unet = network.config(usage, data, learned, config.objective().labelDropout() > 0);
    DiffusionConfig process = diffusion.config(usage, data, network.classNames(usage, data));
    Trainer trainer = usage.valid(() -> new Trainer(unet, process, data, config));
    folder.create();
    describe(data, unet, config);
    Pipeline model = new TrainingRun(spec.commandLine(), trainer, folder, saveEvery, true).run();
    if (model == null) {
      return Interruption.EXIT_CODE;
    }
    SampleRequest request = SampleRequest.of(SAMPLES).seed(config.seed());
    ImageSize size = new ImageSize(data.height(), data.width());
    PictureGrid grid = PictureGrid.of(SAMPLES, size, process.classNames().size());
    SampleFiles files = SampleFiles.picture(folder, SAMPLES, size, grid);
    return new SamplingRun(spec.commandLine(), model, request, files).run()
        ? ExitCode.OK
        : Interruption.EXIT_CODE;
  }

  private void describe(ImageDataset data, UNetConfig unet, TrainingConfig config) {
    PrintWriter terminal = spec.commandLine().getOut();
    String sizes =
        IntStream.range(0, unet.channelMult().size())
            .mapToObj(
                level ->
                    new ImageSize(data.height() >> level, data.width() >> level)
                        + " with "
                        + unet.modelChannels() * unet.channelMult().get(level))
            .collect(Collectors.joining(", "));
    terminal.printf(
        Locale.ROOT,
        "data: %,d images of %dx%d, %s, %s%n",
        data.size(),
        data.height(),
        data.width(),
        data.channels() == 1 ? "1 channel" : data.channels() + " channels",
        data.classes() == 0 ? "no labels" : data.classes() + " classes");
    terminal.printf(
        Locale.ROOT,
        "network: %,d weights, %s; levels of %s channels%n",
        unet.parameterCount(),
        unet.numClasses() == 0 ? "unconditional" : "conditional on the class",
        sizes);
    terminal.printf(
        Locale.ROOT,
        "training in batches of %d, until %s%n",
        config.batchSize(),
        LimitArguments.describe(config.maxSteps(), config.timeLimit()));
    terminal.flush();
  }
}
