package ornstein.diffusion.loss;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.NetworkOutput;
import ornstein.diffusion.process.ReverseMoments;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.StepTable;
import ornstein.diffusion.process.Thresholding;
import ornstein.engine.Tensor;

/**
 * The objectives of DDPM and improved DDPM: a weighted squared error of the network's output, a
 * multiple of the variational bound, or both. Predictions are not thresholded in training.
 */
public final class DiffusionLoss implements Loss {
  private final String name;
  private final boolean squares;
  private final @Nullable StepWeight weight;
  private final Bound bound;

  /** Which part the variational bound has. */
  private enum Bound {
    NONE,
    /** T times the step's term, which estimates the whole bound. */
    WHOLE,
    /** The step's term, as it is. */
    TERM,
    /** A thousandth of the whole, of which the mean learns nothing. */
    THOUSANDTH_FOR_VARIANCE,
    /** The step's term, of which the mean learns nothing. */
    TERM_FOR_VARIANCE
  }

  /**
   * A loss.
   *
   * @param squares whether the squared error has a part
   * @param weight its weight, null for 1
   */
  private DiffusionLoss(String name, boolean squares, @Nullable StepWeight weight, Bound bound) {
    this.name = name;
    this.squares = squares;
    this.weight = weight;
    this.bound = bound;
  }

  /**
   * L<sub>simple</sub>: the squared error, averaged over coordinates (Ho et al. 2020, equation 14).
   *
   * @return the loss
   */
  public static DiffusionLoss simple() {
    return new DiffusionLoss("simple", true, null, Bound.NONE);
  }

  /**
   * A weighted squared error.
   *
   * @param weight the weight of each step
   * @return the loss
   */
  public static DiffusionLoss weighted(StepWeight weight) {
    return new DiffusionLoss("weighted", true, weight, Bound.NONE);
  }

  /**
   * L<sub>hybrid</sub> = L<sub>simple</sub> + 0.001 L<sub>vlb</sub>, where the bound trains the
   * variance alone (Nichol and Dhariwal 2021, equation 16). L<sub>vlb</sub> is estimated by T times
   * the term of the drawn step: improved-diffusion's RESCALED_MSE.
   *
   * @return the loss, for a learned variance
   */
  public static DiffusionLoss hybrid() {
    return new DiffusionLoss("hybrid", true, null, Bound.THOUSANDTH_FOR_VARIANCE);
  }

  /**
   * L<sub>simple</sub> plus the term of the drawn step, which trains the variance alone:
   * improved-diffusion's MSE with a learned variance.
   *
   * @return the loss, for a learned variance
   */
  public static DiffusionLoss unscaledHybrid() {
    return new DiffusionLoss("unscaled_hybrid", true, null, Bound.TERM_FOR_VARIANCE);
  }

  /**
   * The variational bound's term of the drawn step, in bits per coordinate: improved-diffusion's
   * KL.
   *
   * @return the loss
   */
  public static DiffusionLoss kl() {
    return new DiffusionLoss("kl", false, null, Bound.TERM);
  }

  /**
   * L<sub>vlb</sub>, the variational bound in bits per coordinate without its constant, estimated
   * by T times the term of the drawn step (Nichol and Dhariwal 2021, section 3.3):
   * improved-diffusion's RESCALED_KL.
   *
   * @return the loss
   */
  public static DiffusionLoss vlb() {
    return new DiffusionLoss("vlb", false, null, Bound.WHOLE);
  }

  /**
   * The loss of a configuration's name.
   *
   * @param name {@code simple}, {@code hybrid}, {@code unscaled_hybrid}, {@code kl}, {@code vlb},
   *     {@code min_snr} (γ = 5) or {@code p2} (k = γ = 1)
   * @return the loss
   * @throws IllegalArgumentException if the name is unknown
   */
  public static DiffusionLoss named(String name) {
    return switch (name) {
      case "simple" -> simple();
      case "hybrid" -> hybrid();
      case "unscaled_hybrid" -> unscaledHybrid();
      case "kl" -> kl();
      case "vlb" -> vlb();
      case "min_snr" -> new DiffusionLoss(name, true, StepWeight.minSnr(5), Bound.NONE);
      case "p2" -> new DiffusionLoss(name, true, StepWeight.p2(1, 1), Bound.NONE);
      default ->
          throw new IllegalArgumentException(
              "unknown loss '"
                  + name
                  + "'; use simple, hybrid, unscaled_hybrid, kl, vlb, min_snr or p2");
    };
  }

  /**
   * Whether the loss trains a variance that the network says.
   *
   * @return whether the variational bound has a part
   */
  public boolean trainsVariance() {
    return bound != Bound.NONE;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the network says its variance and the loss has no use for
   *     it, or the bound is to train the variance alone of a network that says none
   */
  @Override
  public Tensor perSample(
      ReverseProcess process, Tensor start, Tensor step, Tensor noise, @Nullable Tensor labels) {
    Terms terms = terms(process, start, step, noise, labels);
    if (terms.squared() == null) {
      return Objects.requireNonNull(terms.bound(), "a loss without terms");
    }
    return terms.bound() == null ? terms.squared() : terms.squared().add(terms.bound());
  }

  /**
   * The two parts of a loss.
   *
   * @param squared the weighted squared error, [N], or null
   * @param bound the variational part with its factor, [N], or null
   */
  record Terms(@Nullable Tensor squared, @Nullable Tensor bound) {}

  /** The parts of the loss. */
  Terms terms(
      ReverseProcess process, Tensor start, Tensor step, Tensor noise, @Nullable Tensor labels) {
    boolean learned = process.varianceModel().isLearned();
    boolean forVariance =
        bound == Bound.THOUSANDTH_FOR_VARIANCE || bound == Bound.TERM_FOR_VARIANCE;
    if (learned && bound == Bound.NONE) {
      throw new IllegalArgumentException(
          "the loss " + name + " does not train the variance that the network says; use hybrid");
    }
    if (!learned && forVariance) {
      throw new IllegalArgumentException(
          "the loss " + name + " trains a learned variance, and this one is fixed; use simple");
    }
    Tensor x = process.forward().sample(start, step, noise);
    NetworkOutput output = process.output(x, step, labels);
    return new Terms(
        squares ? squaredError(process, start, step, noise, output) : null,
        bound == Bound.NONE
            ? null
            : bound(process, start, x, step, forVariance ? output.detachValue() : output));
  }

  private Tensor squaredError(
      ReverseProcess process, Tensor start, Tensor step, Tensor noise, NetworkOutput output) {
    Tensor error = output.value().sub(process.target(start, step, noise));
    Tensor mean = VariationalTerm.perSampleMean(error.square());
    StepWeight factor = weight;
    if (factor == null) {
      return mean;
    }
    GaussianDiffusion d = process.diffusion();
    return StepTable.of(d.steps(), t -> factor.of(d, process.parameterization(), t))
        .at(step)
        .mul(mean);
  }

  private Tensor bound(
      ReverseProcess process, Tensor start, Tensor x, Tensor step, NetworkOutput output) {
    GaussianDiffusion d = process.diffusion();
    ReverseMoments p = process.with(Thresholding.none()).momentsOf(x, step, output);
    Tensor term = new VariationalTerm(d).perSample(start, x, step, p);
    return switch (bound) {
      case WHOLE -> term.mul((float) d.steps());
      case THOUSANDTH_FOR_VARIANCE -> term.mul((float) (d.steps() / 1000.0));
      default -> term;
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
