package ornstein.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import ornstein.cli.ReproducedTable.Verdict;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.eval.FeatureExtractor;
import ornstein.diffusion.eval.FeatureStatistics;
import ornstein.diffusion.eval.FrechetDistance;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.ReverseFamily;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fréchet distance by η and number of steps (Song et al. 2021, table 1). */
@Command(
    name = "ddim-table1",
    description = {
      "Fréchet distance by randomness and number of steps (Song et al. 2021, table 1).",
      "Randomness is eta, and DDPM's sigma-hat. All cells start from the same noise, and so "
          + "they do in each repetition, from other noise than in the last: rows are "
          + "compared by their differences (Student's test, 5 % for each claim). As "
          + "in the paper's program, predictions of clean images are clipped for sigma-hat "
          + "and not for the others."
    },
    sortOptions = false,
    footer = {
      "  ornstein reproduce ddim-table1",
      "  ornstein reproduce ddim-table1 --model fashion --data fashion-mnist/ -n 500"
    })
final class DdimTable1Command implements Callable<Integer> {
  private static final List<Integer> COLUMNS = List.of(10, 20, 50, 100, 1000);
  private static final int BATCH = 100;
  private static final String DETERMINISTIC = "η = 0";
  private static final String SIGMA_HAT = "σ̂";

  /** Up to as many steps as this, η = 0 is the best in the paper. */
  private static final int FEW = 100;

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin(name = "Model")
  ShippedModelArguments model = new ShippedModelArguments();

  @Option(
      names = {"-n", "--n"},
      paramLabel = "N",
      description = "Images sampled for each cell. Default: ${DEFAULT-VALUE}.")
  int count = 1000;

  @Option(
      names = "--steps",
      split = ",",
      paramLabel = "S",
      description = "Numbers of steps, with commas between. Default: 10,20,50,100.")
  List<Integer> steps = List.of(10, 20, 50, 100);

  @Option(
      names = "--repeats",
      paramLabel = "R",
      description =
          "How often each cell is sampled; a claim needs 2 or more. Default: ${DEFAULT-VALUE}.")
  int repeats = 5;

  @Mixin ExtractorArguments features = new ExtractorArguments();

  @Mixin CacheArguments cache = new CacheArguments();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description =
          "Seed of the first repetition's noise; those of the next follow. Default:"
              + " ${DEFAULT-VALUE}.")
  long seed = 0;

  @Mixin ReproductionArguments common = new ReproductionArguments();

  DdimTable1Command() {}

  /**
   * A row of the table.
   *
   * @param name as it is printed
   * @param family the steps' randomness
   * @param thresholding what the paper's program does to predictions of clean images
   * @param cifar published for CIFAR-10, by {@link #COLUMNS}
   * @param celeba published for CelebA
   */
  private record Randomness(
      String name,
      ReverseFamily family,
      Thresholding thresholding,
      List<Double> cifar,
      List<Double> celeba) {
    static Randomness eta(double eta, List<Double> cifar, List<Double> celeba) {
      String name = eta == 0 ? DETERMINISTIC : "η = " + (eta == 1 ? "1" : eta);
      return new Randomness(name, ReverseFamily.eta(eta), Thresholding.none(), cifar, celeba);
    }
  }

  private static final List<Randomness> ROWS =
      List.of(
          Randomness.eta(
              0, List.of(13.36, 6.84, 4.67, 4.16, 4.04), List.of(17.33, 13.73, 9.17, 6.53, 3.51)),
          Randomness.eta(
              0.2, List.of(14.04, 7.11, 4.77, 4.25, 4.09), List.of(17.66, 14.11, 9.51, 6.79, 3.64)),
          Randomness.eta(
              0.5,
              List.of(16.66, 8.35, 5.25, 4.46, 4.29),
              List.of(19.86, 16.06, 11.01, 8.09, 4.28)),
          Randomness.eta(
              1,
              List.of(41.07, 18.36, 8.01, 5.78, 4.73),
              List.of(33.12, 26.03, 18.48, 13.93, 5.98)),
          new Randomness(
              SIGMA_HAT,
              ReverseFamily.sigmaHat(),
              Thresholding.clip(),
              List.of(367.43, 133.37, 32.72, 9.99, 3.17),
              List.of(299.71, 183.83, 71.71, 45.20, 3.26)));

  private static final int RIVALS = ROWS.size() - 1;

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    usage.require(repeats >= 1, "--repeats must be at least 1, got " + repeats);
    try (ImageDataset data = model.images(usage);
        Pipeline pipeline = model.open(usage, data)) {
      ReproductionArguments.requireSteps(usage, steps, 1, pipeline.config().steps());
      FeatureExtractor extractor = features.extractor(usage, data);
      int dimensions = extractor.of(Images.of(data, 0)).features().dimensions();
      usage.require(
          count > dimensions && data.size() > dimensions,
          "the covariance of "
              + dimensions
              + " features needs more samples and more images than that; -n is "
              + count
              + ", and --data has "
              + data.size());
      OutputFolder folder = common.folder(usage);
      ReproductionArguments.finish(spec, folder, measure(pipeline, data, extractor));
    }
    return ExitCode.OK;
  }

  private ReproducedTable measure(
      Pipeline pipeline, ImageDataset data, FeatureExtractor extractor) {
    FeatureStatistics reference =
        new EvalFeatures(spec.commandLine(), extractor, cache.cache(spec))
            .statistics(EvalImages.Part.of(data, model.imagesName(), "all"), () -> true);
    ReproducedTable table =
        new ReproducedTable(
            "Fréchet distance by randomness and steps (DDIM, table 1)",
            "Fréchet distance, by steps",
            steps.stream().map(String::valueOf).toList());
    table.setting(
        String.format(
            Locale.ROOT,
            "Model %s; features: %s; %,d samples for each cell against all %,d images of %s;"
                + " timesteps evenly spaced (the paper's are quadratic for CIFAR-10); %s.",
            model.modelName(),
            extractor.description(),
            count,
            data.size(),
            model.imagesName(),
            repeats == 1
                ? "measured once, seed " + seed
                : "mean and standard error of "
                    + repeats
                    + " repetitions, seeds from "
                    + seed
                    + " on"));
    Map<String, List<Repeated>> cells = new LinkedHashMap<>();
    long total = (long) repeats * ROWS.size() * steps.stream().mapToLong(s -> s).sum();
    try (ProgressDisplay display = ProgressDisplay.open(spec.commandLine(), "sampling")) {
      long done = 0;
      for (Randomness randomness : ROWS) {
        List<Repeated> row = new ArrayList<>();
        for (int s : steps) {
          long before = done;
          String cell = randomness.name() + ", " + s + " steps";
          row.add(
              distances(
                  r ->
                      pipeline.sample(
                          request(randomness, s, seed + r),
                          (first, step) -> {
                            long images = (long) r * count + first;
                            display.update(before + s * images / count, total, cell);
                            return true;
                          }),
                  extractor,
                  reference));
          done += (long) repeats * s;
        }
        cells.put(randomness.name(), row);
        table.repeated(randomness.name(), row);
      }
    }
    publish(table);
    claim(table, cells);
    return table;
  }

  /** The distance of each repetition's images. */
  private Repeated distances(
      IntFunction<Images> repetitions, FeatureExtractor extractor, FeatureStatistics reference) {
    return new Repeated(
        IntStream.range(0, repeats)
            .mapToObj(repetitions)
            .map(images -> FrechetDistance.between(statistics(images, extractor), reference))
            .toList());
  }

  /** Some images at a time, for features take memory. */
  private static FeatureStatistics statistics(Images images, FeatureExtractor extractor) {
    FeatureStatistics.Accumulator sum = new FeatureStatistics.Accumulator();
    for (int first = 0; first < images.count(); first += BATCH) {
      Images some = images.slice(first, Math.min(images.count(), first + BATCH));
      sum.add(extractor.of(some).features());
    }
    return sum.statistics();
  }

  private SampleRequest request(Randomness randomness, int s, long noise) {
    return SampleRequest.of(count)
        .seed(noise)
        .batch(Math.min(count, BATCH))
        .sampler(new DdimSampler(randomness.family()), Integer.toString(s))
        .thresholding(randomness.thresholding());
  }

  private void publish(ReproducedTable table) {
    for (Randomness row : ROWS) {
      table.published("published, CIFAR-10", row.name(), published(row.cifar()));
    }
    for (Randomness row : ROWS) {
      table.published("published, CelebA", row.name(), published(row.celeba()));
    }
  }

  private List<Double> published(List<Double> values) {
    return ReproductionArguments.published(steps, COLUMNS, values);
  }

  /** What the paper shows: η = 0 best where steps are few, σ̂ worst where they are fewest. */
  private void claim(ReproducedTable table, Map<String, List<Repeated>> cells) {
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) <= FEW) {
        claim(
            table,
            cells,
            i,
            DETERMINISTIC,
            "least",
            (best, other) -> best.isLessThan(other, RIVALS));
      }
    }
    claim(
        table, cells, 0, SIGMA_HAT, "greatest", (worst, other) -> other.isLessThan(worst, RIVALS));
  }

  /** Claims that a row stands against all others in a column, and names those it may not. */
  private void claim(
      ReproducedTable table,
      Map<String, List<Repeated>> cells,
      int column,
      String row,
      String extreme,
      BiFunction<Repeated, Repeated, Verdict> relation) {
    Repeated one = Objects.requireNonNull(cells.get(row)).get(column);
    List<Verdict> verdicts = new ArrayList<>();
    List<String> against = new ArrayList<>();
    cells.forEach(
        (name, others) -> {
          Verdict verdict =
              name.equals(row) ? Verdict.HOLDS : relation.apply(one, others.get(column));
          verdicts.add(verdict);
          if (verdict != Verdict.HOLDS) {
            against.add(
                (verdict == Verdict.NOT_DECIDED ? "undecided against " : "refuted by ") + name);
          }
        });
    table.claim(
        row
            + " has the "
            + extreme
            + " distance at S = "
            + steps.get(column)
            + (against.isEmpty() ? "" : " (" + String.join(", ", against) + ")"),
        Verdict.ofAll(verdicts));
  }
}
