package ornstein.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.DdpmSampler;
import ornstein.diffusion.sampler.Langevin;
import ornstein.diffusion.sampler.ReverseFamily;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.diffusion.solver.SolverName;
import ornstein.diffusion.solver.TimeGrid;
import picocli.CommandLine.Option;

/** How noise becomes an image: the sampler or solver, and the times that it visits. */
final class SamplerArguments {
  /** Timesteps visited, where nothing else is asked for. */
  static final int DEFAULT_STEPS = 50;

  private static final double KARRAS_RHO = 7;

  /** Which chain of steps. */
  enum SamplerName {
    /** The DDIM family, deterministic at eta 0. */
    DDIM,
    /** Ancestral sampling. */
    DDPM,
    /** Annealed Langevin dynamics. */
    LANGEVIN,
    /** Ancestral steps, each corrected by Langevin dynamics. */
    PREDICTOR_CORRECTOR
  }

  /** Steps of Langevin dynamics at each timestep. */
  private static final int ANNEALED_STEPS = 5;

  private static final double ANNEALED_SIZE = 0.1;
  private static final double CORRECTOR_RATIO = 0.16;

  @Option(
      names = "--sampler",
      paramLabel = "NAME",
      description =
          "ddim, ddpm (ancestral sampling), langevin (annealed dynamics) or predictor_corrector"
              + " (ddpm's steps, each corrected by dynamics). Default: ddim.")
  @Nullable SamplerName sampler;

  @Option(
      names = "--solver",
      paramLabel = "NAME",
      description =
          "A solver of the probability flow instead: euler, heun, midpoint, rk4, rk45 (adaptive),"
              + " dpm1, dpm2, dpm3, dpm++2m, dpm++2s, sde-dpm++2m (stochastic), unipc2, unipc3,"
              + " plms, pndm, edm (stochastic), flow-euler or flow-heun.")
  @Nullable String solver;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Timesteps to visit, evenly spaced, at most the length of the model's chain. Default: 50.")
  @Nullable Integer steps;

  @Option(
      names = "--spacing",
      paramLabel = "TEXT",
      description =
          "Timesteps to visit instead of --steps: numbers for equal sections of the chain"
              + " (10,15,20), ddimN for N at one stride (ddim50), or quad:N, uniform:N, leading:N,"
              + " trailing:N, linspace:N.")
  @Nullable String spacing;

  @Option(
      names = "--grid",
      paramLabel = "NAME",
      description =
          "Where a solver's times lie between the first and the last of these: visited (at them),"
              + " uniform, log-snr, balanced (midway between these two), karras. Default: visited.")
  @Nullable String grid;

  @Option(
      names = "--eta",
      paramLabel = "E",
      description = "Randomness of ddim's steps, from 0 to 1. Default: 0.")
  @Nullable Double eta;

  @Option(
      names = "--sigma-hat",
      description = "The larger randomness of DDPM's first paper in ddim's steps.")
  boolean sigmaHat;

  @Option(
      names = "--langevin-steps",
      paramLabel = "N",
      description =
          "Steps of langevin or predictor_corrector at each timestep. Default: 5, or 1 to correct.")
  @Nullable Integer langevinSteps;

  @Option(
      names = "--langevin-size",
      paramLabel = "R",
      description =
          "Their size, in (0, 1]: the share of the noise's variance that langevin adds (default 0.1),"
              + " or the ratio of gradient to noise in predictor_corrector (default 0.16).")
  @Nullable Double langevinSize;

  @Option(
      names = "--no-clip",
      description = "Do not clip predictions to the range of the data at each step.")
  boolean noClip;

  @Option(
      names = "--dynamic-threshold",
      paramLabel = "R",
      description = "Clip to this quantile of the prediction instead, and rescale (0.995).")
  @Nullable Double dynamic;

  SamplerArguments() {}

  /** Takes a third part of {@code --samplers}: eta for ddim, the grid for a solver. */
  void extra(UsageCheck usage, String text, String value) {
    if (solver != null) {
      grid = value;
      return;
    }
    usage.require(
        sampler == SamplerName.DDIM,
        "--samplers: '"
            + text
            + "' has a third part, which only ddim (eta) and solvers (grid) take");
    try {
      eta = Double.valueOf(value);
    } catch (NumberFormatException e) {
      throw usage.error("--samplers: eta in '" + text + "' is no number");
    }
  }

  /** Checks what needs no model. */
  Sampler sampler(UsageCheck usage) {
    usage.require(
        steps == null || spacing == null, "--steps and --spacing exclude each other; give one");
    usage.require(steps == null || steps >= 1, "--steps must be at least 1, got " + steps);
    usage.require(
        sampler == null || solver == null, "--sampler and --solver exclude each other; give one");
    boolean ddim = (sampler == null || sampler == SamplerName.DDIM) && solver == null;
    boolean dynamics =
        sampler == SamplerName.LANGEVIN || sampler == SamplerName.PREDICTOR_CORRECTOR;
    usage.require(
        dynamics || (langevinSteps == null && langevinSize == null),
        "--langevin-steps and --langevin-size are settings of langevin and predictor_corrector;"
            + " leave them out, or choose one with --sampler");
    usage.require(
        ddim || (eta == null && !sigmaHat),
        "--eta and --sigma-hat are settings of ddim; leave them out, or choose --sampler ddim");
    usage.require(eta == null || !sigmaHat, "--eta and --sigma-hat exclude each other; give one");
    usage.require(
        grid == null || solver != null, "--grid is a setting of solvers; give a --solver too");
    if (solver != null) {
      String name = solver;
      return usage.valid(() -> SolverName.named(name)).along(grid(usage));
    }
    if (dynamics) {
      return dynamics(usage, sampler == SamplerName.LANGEVIN);
    }
    if (!ddim) {
      return new DdpmSampler();
    }
    if (sigmaHat) {
      return new DdimSampler(ReverseFamily.sigmaHat());
    }
    double value = eta == null ? 0 : eta;
    usage.require(value >= 0 && value <= 1, "--eta must be from 0 to 1, got " + value);
    return new DdimSampler(value);
  }

  /** Checks that nothing but the number of steps is asked for. */
  void requireUnset(UsageCheck usage) {
    boolean unset =
        sampler == null && solver == null && spacing == null && grid == null && eta == null;
    usage.require(
        unset && !sigmaHat && !noClip && dynamic == null,
        "--scheduler has its own timesteps, randomness and clipping; leave out what is said of them");
  }

  /** What is chosen, in words, to be printed beside what is measured of its samples. */
  String describe(String timesteps) {
    StringBuilder text = new StringBuilder();
    if (solver != null) {
      text.append(solver).append(grid == null ? "" : " on " + grid);
    } else {
      String name = sampler == null ? "ddim" : sampler.name().toLowerCase(Locale.ROOT);
      text.append(name);
    }
    text.append(spacing == null ? " " + timesteps + " steps" : " spacing " + timesteps);
    text.append(eta == null ? "" : " eta " + eta).append(sigmaHat ? " sigma-hat" : "");
    text.append(noClip ? " no-clip" : "");
    return text.append(dynamic == null ? "" : " dynamic-threshold " + dynamic).toString();
  }

  /** How many steps are asked for. */
  int count() {
    return steps == null ? DEFAULT_STEPS : steps;
  }

  private Sampler dynamics(UsageCheck usage, boolean annealed) {
    int count = langevinSteps != null ? langevinSteps : annealed ? ANNEALED_STEPS : 1;
    usage.require(count >= 1, "--langevin-steps must be at least 1, got " + count);
    double size = langevinSize != null ? langevinSize : annealed ? ANNEALED_SIZE : CORRECTOR_RATIO;
    usage.require(size > 0 && size <= 1, "--langevin-size must be in (0, 1], got " + size);
    return annealed
        ? Langevin.annealed(count, size)
        : Langevin.corrector(ReverseFamily.eta(1), count, size);
  }

  /** Where a solver's times lie. */
  TimeGrid grid(UsageCheck usage) {
    return switch (grid == null ? "visited" : grid) {
      case "visited" -> TimeGrid.visited();
      case "uniform" -> TimeGrid.uniform();
      case "log-snr" -> TimeGrid.logSnr();
      case "balanced" -> TimeGrid.balanced();
      case "karras" -> TimeGrid.karras(KARRAS_RHO);
      default ->
          throw usage.error(
              "--grid " + grid + " is unknown; use visited, uniform, log-snr, balanced or karras");
    };
  }

  /** The spacing, checked against the length of the model's chain. */
  String timesteps(UsageCheck usage, int length) {
    usage.require(
        steps == null || steps <= length,
        "--steps must be at most " + length + ", the length of the model's chain, got " + steps);
    if (spacing != null) {
      String text = spacing;
      int visited = usage.valid(() -> TimestepSpacing.parse(text).timesteps(length)).length;
      usage.require(visited > 0, "--spacing " + text + " visits no timestep");
      return text;
    }
    return Integer.toString(steps == null ? Math.min(DEFAULT_STEPS, length) : steps);
  }

  /** What is done to predictions of clean images. */
  Thresholding thresholding(UsageCheck usage) {
    usage.require(
        !noClip || dynamic == null,
        "--no-clip and --dynamic-threshold exclude each other; give one");
    if (dynamic != null) {
      double ratio = dynamic;
      return usage.valid(() -> Thresholding.dynamic(ratio, Double.MAX_VALUE));
    }
    return noClip ? Thresholding.none() : Thresholding.clip();
  }

  /** The same for points, which lie within a known range as well. */
  Thresholding planar(UsageCheck usage, double range) {
    Thresholding ofImages = thresholding(usage);
    return noClip || dynamic != null ? ofImages : Thresholding.clip(range);
  }
}
