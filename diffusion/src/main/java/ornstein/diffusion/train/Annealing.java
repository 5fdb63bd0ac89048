package ornstein.diffusion.train;

import java.util.Locale;

/** How the learning rate falls from the end of the warm-up to the end of the run. */
public enum Annealing {
  /** It does not. */
  CONSTANT {
    @Override
    double factor(double done) {
      return 1;
    }
  },
  /** In a straight line to 0, as improved-diffusion's {@code lr_anneal_steps}. */
  LINEAR {
    @Override
    double factor(double done) {
      return 1 - done;
    }
  },
  /** Along half a cosine to 0 (Loshchilov and Hutter 2017, "SGDR", equation 5). */
  COSINE {
    @Override
    double factor(double done) {
      return 0.5 * (1 + StrictMath.cos(StrictMath.PI * done));
    }
  };

  /**
   * What the rate is multiplied by.
   *
   * @param done part of the run that is done, in [0, 1)
   */
  abstract double factor(double done);

  /**
   * The annealing of a configuration's name.
   *
   * @param name {@code constant}, {@code linear} or {@code cosine}
   * @return the annealing
   * @throws IllegalArgumentException if the name is unknown
   */
  public static Annealing named(String name) {
    for (Annealing annealing : values()) {
      if (annealing.configurationName().equals(name)) {
        return annealing;
      }
    }
    throw new IllegalArgumentException(
        "unknown annealing '" + name + "'; use constant, linear or cosine");
  }

  /**
   * The name in configurations.
   *
   * @return the name, which {@link #named} takes
   */
  public String configurationName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
