package ornstein.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.DatasetSplit;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.train.Annealing;
import ornstein.diffusion.train.Objective;
import ornstein.diffusion.train.Trainer;
import ornstein.diffusion.train.TrainingConfig;
import ornstein.diffusion.train.TrainingListener;
import ornstein.diffusion.train.TrainingProgress;
import ornstein.nn.unet.UNetConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Bits per dimension by schedule and objective (Nichol and Dhariwal 2021, table 2). */
@Command(
    name = "iddpm-nll",
    description = {
      "Bits per dimension by schedule and objective (Nichol and Dhariwal 2021, table 2).",
      "Trains six small networks on digits for so many steps each, which takes its "
          + "time, and measures digits that were held back. The paper's chains have 1,000 and "
          + "4,000 steps; these have a quarter of that by default."
    },
    sortOptions = false,
    footer = {
      "  ornstein reproduce iddpm-nll",
      "  ornstein reproduce iddpm-nll --steps 500,1000,2000,4000 --chain 4000"
    })
final class IddpmNllCommand implements Callable<Integer> {
  private static final int BATCH = 64;
  private static final double LEARNING_RATE = 1e-3;
  private static final int WARM_UP_STEPS = 100;
  private static final double EMA_DECAY = 0.995;

  /** A quarter of it is enough for the linear schedule, whose last β is 20/T. */
  private static final int SHORTEST = 84;

  private static final double HELD_BACK = 0.2;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--steps",
      split = ",",
      paramLabel = "N",
      description = "Training steps after which is measured, rising. Default: 500,1000,2000.")
  List<Integer> milestones = List.of(500, 1000, 2000);

  @Option(
      names = "--chain",
      paramLabel = "T",
      description =
          "Length of the longer chains, a multiple of 4; the shorter one has a quarter of it."
              + " Default: ${DEFAULT-VALUE}.")
  int chain = 1000;

  @Option(
      names = {"-n", "--n"},
      paramLabel = "N",
      description = "Held-back images that are measured. Default: ${DEFAULT-VALUE}.")
  int count = 64;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of all noise. Default: ${DEFAULT-VALUE}.")
  long seed = 0;

  @Mixin ReproductionArguments common = new ReproductionArguments();

  IddpmNllCommand() {}

  /**
   * One of the six.
   *
   * @param schedule the noise schedule
   * @param length the chain's
   * @param objective what is minimised, and how steps are drawn
   * @param variance that of the reverse steps
   * @param published bits/dim on CIFAR-10 after 500,000 steps
   */
  private record Setting(
      String schedule, int length, Objective objective, VarianceModel variance, double published) {}

  private SequencedMap<String, Setting> settings() {
    Objective hybrid = new Objective("hybrid", "uniform", 0);
    Objective vlb = new Objective("vlb", "loss_second_moment", 0);
    VarianceModel fixed = VarianceModel.FIXED_LARGE;
    VarianceModel learned = VarianceModel.LEARNED_RANGE;
    int quarter = chain / 4;
    SequencedMap<String, Setting> settings = new LinkedHashMap<>();
    settings.put(
        "T/4 linear simple", new Setting("linear", quarter, Objective.SIMPLE, fixed, 3.73));
    settings.put("T linear simple", new Setting("linear", chain, Objective.SIMPLE, fixed, 3.37));
    settings.put("T linear hybrid", new Setting("linear", chain, hybrid, learned, 3.26));
    settings.put("T cosine simple", new Setting("cosine", chain, Objective.SIMPLE, fixed, 3.26));
    settings.put("T cosine hybrid", new Setting("cosine", chain, hybrid, learned, 3.17));
    settings.put("T cosine vlb", new Setting("cosine", chain, vlb, learned, 2.94));
    return settings;
  }

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    usage.require(
        chain >= SHORTEST && chain % 4 == 0,
        "--chain must be a multiple of 4 from " + SHORTEST + " on, got " + chain);
    ReproductionArguments.requireRising(usage, milestones);
    usage.require(milestones.getFirst() >= 1, "--steps must be at least 1, got " + milestones);
    try (ImageDataset digits = Datasets.digits()) {
      DatasetSplit split = DatasetSplit.ofFraction(digits, HELD_BACK, seed);
      int most = split.validation().size();
      usage.require(count >= 1 && count <= most, "-n must be from 1 to " + most + ", got " + count);
      OutputFolder folder = common.folder(usage);
      ReproductionArguments.finish(spec, folder, measure(split));
    }
    return ExitCode.OK;
  }

  private ReproducedTable measure(DatasetSplit split) {
    List<String> columns = new ArrayList<>();
    milestones.forEach(m -> columns.add(String.format(Locale.ROOT, "%,d", m)));
    columns.add("500K");
    ReproducedTable table =
        new ReproducedTable(
            "Bits per dimension by schedule and objective (improved DDPM, table 2)",
            "bits/dim, by training steps",
            columns);
    table.setting(
        String.format(
            Locale.ROOT,
            "Digits of 8x8, %,d to train on and %,d of the others measured; T = %,d; networks that are"
                + " told the class, as the paper's are not; batches of %d, averaged weights (%s);"
                + " seed %d. The errors are those of the mean over images, rows are compared image by"
                + " image; both say nothing of what another training would give.",
            split.training().size(),
            count,
            chain,
            BATCH,
            EMA_DECAY,
            seed));
    SequencedMap<String, Setting> settings = settings();
    Map<String, Repeated> last = new HashMap<>();
    long each = milestones.getLast();
    long done = 0;
    try (ProgressDisplay display = ProgressDisplay.open(spec.commandLine(), "training")) {
      for (Map.Entry<String, Setting> setting : settings.entrySet()) {
        long before = done;
        List<Repeated> row =
            bits(
                setting.getValue(),
                split,
                step -> display.update(before + step, each * settings.size(), setting.getKey()));
        table.repeated(setting.getKey(), row);
        last.put(setting.getKey(), row.getLast());
        done += each;
      }
    }
    settings.forEach(
        (name, setting) -> {
          List<Double> row = new ArrayList<>(milestones.stream().map(m -> Double.NaN).toList());
          row.add(setting.published());
          table.published("published, CIFAR-10, T = 4,000", name, row);
        });
    claim(table, last, "T linear simple", "T/4 linear simple");
    claim(table, last, "T cosine simple", "T linear simple");
    claim(table, last, "T cosine hybrid", "T linear hybrid");
    claim(table, last, "T linear hybrid", "T linear simple");
    claim(table, last, "T cosine hybrid", "T cosine simple");
    claim(table, last, "T cosine vlb", "T cosine hybrid");
    return table;
  }

  private void claim(
      ReproducedTable table, Map<String, Repeated> last, String better, String worse) {
    table.claim(
        String.format(
            Locale.ROOT,
            "%s needs fewer bits than %s after %,d",
            better,
            worse,
            milestones.getLast()),
        Objects.requireNonNull(last.get(better))
            .isLessThan(Objects.requireNonNull(last.get(worse)), 1));
  }

  /** Follows a training. */
  @FunctionalInterface
  private interface Steps {
    void done(long step);
  }

  /** Trains a network and measures it on the way. */
  private List<Repeated> bits(Setting setting, DatasetSplit split, Steps follower) {
    ImageDataset training = split.training();
    UNetConfig network =
        UNetConfig.builder()
            .channels(1, setting.variance().isLearned() ? 2 : 1)
            .modelChannels(32)
            .numResBlocks(1)
            .channelMult(1, 2)
            .attentionResolutions(2)
            .numHeads(4)
            .numClasses(training.classes())
            .build();
    DiffusionConfig diffusion =
        DiffusionConfig.defaults(training.height(), training.width(), training.classNames())
            .withSchedule(setting.schedule(), setting.length())
            .withVariance(setting.variance());
    TrainingConfig config =
        TrainingConfig.builder()
            .batchSize(BATCH)
            .learningRate(LEARNING_RATE, WARM_UP_STEPS, Annealing.CONSTANT)
            .emaDecays(EMA_DECAY)
            .objective(setting.objective())
            .seed(seed)
            .limits(milestones.getLast(), Duration.ZERO)
            .build();
    Trainer trainer = new Trainer(network, diffusion, training, config);
    List<Repeated> measured = new ArrayList<>();
    trainer.run(
        new TrainingListener() {
          @Override
          public void onStep(TrainingProgress progress) {
            follower.done(progress.step());
            if (milestones.contains((int) progress.step())) {
              measured.add(bits(trainer.model(), split.validation()));
            }
          }
        });
    return measured;
  }

  /** The variational bound along the whole chain, of each image. */
  private Repeated bits(Pipeline model, ImageDataset images) {
    UsageCheck usage = new UsageCheck(spec);
    ImageDataset measured = images.first(count);
    return BitsPerDimension.measure(
            model.process(),
            measured,
            (first, n) -> new ModelArguments().labels(usage, model, measured, first, n),
            seed,
            (done, all) -> true)
        .byImage();
  }
}
