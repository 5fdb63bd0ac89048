package ornstein.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.Prediction;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.sampler.SamplingStep;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.diffusion.toy.PlanarData;
import ornstein.diffusion.toy.PlanarModel;
import ornstein.diffusion.train.Annealing;
import ornstein.diffusion.train.Objective;
import ornstein.diffusion.train.TrainingConfig;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A playground in the plane: the quickest way to see a sampler at work. */
@Command(
    name = "toy",
    description = {
      "Trains a small network on points in the plane within seconds and draws what it learned.",
      "Writes data.png, samples.png, trajectories.png, score.png and sampling.gif."
    },
    sortOptions = false,
    footer = {
      "  ornstein toy",
      "  ornstein toy --data moons --solver heun --steps 10 --out moons",
      "  ornstein toy --data gaussians25 --sampler ddpm --train-steps 8000",
      "  ornstein toy --data checkerboard --schedule straight --predict flow --solver flow-euler"
    })
final class ToyCommand implements Callable<Integer> {
  private static final int BATCH = 256;
  private static final double LEARNING_RATE = 2e-3;
  private static final int WARM_UP_STEPS = 100;
  private static final double EMA_DECAY = 0.999;
  private static final int MOST_POINTS = 100_000;
  private static final int PATHS = 150;
  private static final int ARROWS = 25;
  private static final double FIELD_REACH = 2.6;
  private static final int MOST_FRAMES = 40;
  private static final int HELD_FRAMES = 15;
  private static final int DELAY_MILLIS = 80;
  private static final long DATA = 10;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description =
          "swissroll, moons, circles, gaussians8, gaussians25, checkerboard or pinwheel. Default:"
              + " ${DEFAULT-VALUE}.")
  String data = "swissroll";

  @Option(
      names = {"-n", "--n"},
      paramLabel = "N",
      description = "Points to draw. Default: ${DEFAULT-VALUE}.")
  int count = 2000;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of all random numbers. Default: ${DEFAULT-VALUE}.")
  long seed = 0;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the pictures. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("toy");

  @Option(
      names = "--field-at",
      paramLabel = "T",
      description = "Timestep whose score is drawn. Default: a tenth of the chain.")
  @Nullable Integer fieldAt;

  @Option(
      names = "--train-steps",
      paramLabel = "N",
      description = "Steps of training. Default: ${DEFAULT-VALUE}.")
  int trainSteps = 4000;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      description = "simple, min_snr or p2. Default: ${DEFAULT-VALUE}.")
  String loss = "simple";

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description = "Noise schedule, as in training images. Default: ${DEFAULT-VALUE}.")
  String schedule = "cosine";

  @Option(
      names = "--diffusion-steps",
      paramLabel = "T",
      description = "Length of the chain. Default: ${DEFAULT-VALUE}.")
  int chain = 1000;

  @Option(
      names = "--predict",
      paramLabel = "WHAT",
      description =
          "What the network estimates: epsilon, start_x, v, score or flow. Default:"
              + " ${DEFAULT-VALUE}.")
  String predict = "v";

  @Mixin(name = "Sampler")
  SamplerArguments sampling = new SamplerArguments();

  ToyCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    PlanarData planar = usage.valid(() -> PlanarData.named(data));
    usage.require(
        count >= 1 && count <= MOST_POINTS,
        "-n must be from 1 to " + MOST_POINTS + ", got " + count);
    usage.require(trainSteps >= 1, "--train-steps must be at least 1, got " + trainSteps);
    Parameterization head = usage.valid(() -> Parameterization.named(predict));
    usage.require(
        !head.isOfStep(), "--predict " + predict + " has no field to draw; predict another");
    BetaSchedule betas = usage.valid(() -> BetaSchedule.named(schedule, chain));
    int field = fieldAt == null ? Math.max(1, chain / 10) : fieldAt;
    usage.require(
        field >= 1 && field <= chain, "--field-at must be from 1 to " + chain + ", got " + field);
    Sampler sampler = sampling.sampler(usage);
    String spacing = sampling.timesteps(usage, chain);
    PlanarModel model = usage.valid(() -> new PlanarModel(planar, betas, head, training(usage)));
    OutputFolder folder = OutputFolder.of(usage, out);
    folder.create();
    if (!train(model, planar)) {
      return Interruption.EXIT_CODE;
    }
    ReverseProcess process =
        model
            .process()
            .respaced(TimestepSpacing.parse(spacing))
            .with(sampling.planar(usage, PlanarCanvas.REACH));
    float[] points = new float[2 * count];
    planar.draw(Rng.of(seed).split(DATA), points, new float[count]);
    List<float[]> places = usage.valid(() -> sample(process, sampler));
    draw(folder, planar, process, points, places, field);
    return ExitCode.OK;
  }

  private TrainingConfig training(UsageCheck usage) {
    return usage.valid(
        () ->
            TrainingConfig.builder()
                .limits(trainSteps, Duration.ZERO)
                .batchSize(BATCH)
                .learningRate(LEARNING_RATE, WARM_UP_STEPS, Annealing.LINEAR)
                .emaDecays(EMA_DECAY)
                .objective(new Objective(loss, "low_discrepancy", 0))
                .seed(seed)
                .build());
  }

  private boolean train(PlanarModel model, PlanarData planar) {
    PrintWriter terminal = spec.commandLine().getOut();
    long start = System.nanoTime();
    double[] last = new double[1];
    boolean[] interrupted = new boolean[1];
    try (Interruption interruption =
            Interruption.guard(spec.commandLine(), "interrupted", model::stop);
        ProgressDisplay display = ProgressDisplay.open(spec.commandLine(), "training")) {
      model.train(
          progress -> {
            last[0] = last[0] == 0 ? progress.loss() : 0.99 * last[0] + 0.01 * progress.loss();
            display.update(
                progress.step(), trainSteps, String.format(Locale.ROOT, "loss %.4f", last[0]));
          });
      interrupted[0] = interruption.requested();
    }
    terminal.printf(
        Locale.ROOT,
        "trained %,d steps on %s in %.1f s, loss %.4f%n",
        trainSteps,
        planar.name().toLowerCase(Locale.ROOT),
        (System.nanoTime() - start) / 1e9,
        last[0]);
    terminal.flush();
    return !interrupted[0];
  }

  /** The points from noise to the end, at most some forty times of them. */
  private List<float[]> sample(ReverseProcess process, Sampler sampler) {
    NoiseSource noise = NoiseSource.of(seed);
    Tensor x = noise.draw(0, Shape.of(count, 2));
    List<float[]> places = new ArrayList<>(List.of(x.toArray()));
    long start = System.nanoTime();
    int steps = 0;
    Iterator<SamplingStep> chainOfSteps = sampler.steps(process, x, null, noise);
    while (chainOfSteps.hasNext()) {
      SamplingStep step = chainOfSteps.next();
      steps++;
      int frames = Math.min(step.total(), MOST_FRAMES);
      if ((long) step.done() * frames / step.total()
          > (long) (step.done() - 1) * frames / step.total()) {
        places.add(step.x().toArray());
      }
    }
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.printf(
        Locale.ROOT,
        "sampled %,d points by %s in %d steps, %.2f s%n",
        count,
        sampler,
        steps,
        (System.nanoTime() - start) / 1e9);
    terminal.flush();
    return places;
  }

  private void draw(
      OutputFolder folder,
      PlanarData planar,
      ReverseProcess process,
      float[] points,
      List<float[]> places,
      int field)
      throws IOException {
    String name = planar.name().toLowerCase(Locale.ROOT);
    Images.savePng(folder.file("data.png"), new PlanarCanvas().points(points).title(name).image());
    float[] samples = places.get(places.size() - 1);
    Images.savePng(
        folder.file("samples.png"), new PlanarCanvas().points(samples).title("samples").image());
    Images.savePng(
        folder.file("trajectories.png"),
        new PlanarCanvas()
            .background(points)
            .paths(places.toArray(float[][]::new), Math.min(PATHS, count))
            .title("trajectories")
            .image());
    Images.savePng(folder.file("score.png"), score(process, points, field));
    List<BufferedImage> frames = new ArrayList<>();
    for (float[] place : places) {
      frames.add(new PlanarCanvas().background(points).points(place).image());
    }
    for (int i = 0; i < HELD_FRAMES; i++) {
      frames.add(frames.get(frames.size() - 1));
    }
    Images.saveGif(folder.file("sampling.gif"), frames, DELAY_MILLIS, true);
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.println(
        "wrote data.png, samples.png, trajectories.png, score.png and sampling.gif to " + out);
    terminal.flush();
  }

  /** The learned score −ε̂/√(1−ᾱ) on a grid, over the noisy data of that time. */
  private BufferedImage score(ReverseProcess process, float[] points, int t) {
    float[] grid = new float[2 * ARROWS * ARROWS];
    double spacing = 2 * FIELD_REACH / (ARROWS - 1);
    for (int row = 0; row < ARROWS; row++) {
      for (int column = 0; column < ARROWS; column++) {
        int i = row * ARROWS + column;
        grid[2 * i] = (float) (column * spacing - FIELD_REACH);
        grid[2 * i + 1] = (float) (row * spacing - FIELD_REACH);
      }
    }
    ContinuousProcess continuous = new ContinuousProcess(process);
    Prediction p = continuous.predict(Tensor.of(grid, ARROWS * ARROWS, 2), t, null);
    double deviation = Math.sqrt(continuous.schedule().noiseVariance(t));
    float[] field = p.noise().mul((float) (-1 / deviation)).toArray();
    float[] noise = Rng.of(seed).split(DATA + 1).normal(Shape.of(points.length)).toArray();
    float[] noisy = new float[points.length];
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] = (float) (continuous.schedule().alpha(t) * points[i] + deviation * noise[i]);
    }
    return new PlanarCanvas()
        .background(noisy)
        .arrows(grid, field, spacing)
        .title("score at t = " + t)
        .image();
  }
}
