package ornstein.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import ornstein.cli.SamplerArguments.SamplerName;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.solver.SolverName;

/**
 * One of several ways to sample, as {@code --samplers} lists them: {@code name:steps}, or {@code
 * ddim:steps:eta}, or {@code solver:steps:grid}.
 *
 * @param name of sampler or solver, as it was given
 * @param extra eta or grid as it was given, or empty
 * @param arguments what {@code sample} would be given
 */
record SamplerChoice(String name, String extra, SamplerArguments arguments) {
  /** Reads a choice. */
  static SamplerChoice parse(UsageCheck usage, String text) {
    String[] parts = text.strip().toLowerCase(Locale.ROOT).split(":", -1);
    usage.require(
        parts.length <= 3 && !parts[0].isEmpty(),
        "--samplers: '"
            + text
            + "' is no sampler; give a name and how many steps, such as ddim:50");
    SamplerArguments arguments = new SamplerArguments();
    arguments.sampler = sampler(parts[0]);
    if (arguments.sampler == null) {
      usage.require(
          isSolver(parts[0]),
          "--samplers: there is no sampler '"
              + parts[0]
              + "'; use ddim, ddpm, langevin, predictor_corrector, or one of "
              + SolverName.names());
      arguments.solver = parts[0];
    }
    if (parts.length > 1) {
      try {
        arguments.steps = Integer.valueOf(parts[1]);
      } catch (NumberFormatException e) {
        throw usage.error("--samplers: '" + parts[1] + "' in '" + text + "' is no number of steps");
      }
    }
    String extra = parts.length > 2 ? parts[2] : "";
    if (parts.length > 2) {
      arguments.extra(usage, text, extra);
    }
    return new SamplerChoice(parts[0], extra, arguments);
  }

  private static @Nullable SamplerName sampler(String name) {
    for (SamplerName known : SamplerName.values()) {
      if (known.name().equalsIgnoreCase(name)) {
        return known;
      }
    }
    return null;
  }

  private static boolean isSolver(String name) {
    for (SolverName known : SolverName.values()) {
      if (known.toString().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** The sampler; fails if the settings do not go together. */
  Sampler sampler(UsageCheck usage) {
    return arguments.sampler(usage);
  }

  /** Whether both are the same way to sample. */
  boolean isSameAs(SamplerChoice other) {
    return name.equals(other.name)
        && extra.equals(other.extra)
        && arguments.count() == other.arguments.count();
  }

  /** Whether the starting noise alone decides the result. */
  boolean isDeterministic() {
    if (arguments.solver != null) {
      return !SolverName.named(arguments.solver).isStochastic();
    }
    return arguments.sampler == SamplerName.DDIM && (arguments.eta == null || arguments.eta == 0);
  }

  /** Whether only the samples themselves tell how often the network is evaluated. */
  boolean isAdaptive() {
    return SolverName.RK45.toString().equals(arguments.solver);
  }

  @Override
  public String toString() {
    return name + (extra.isEmpty() ? "" : " " + extra);
  }
}
