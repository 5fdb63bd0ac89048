package ornstein.diffusion.loss;

import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.GaussianKernel;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseKernel;

/**
 * The weight of a step's squared error. Every choice of positive weights has the same optimum where
 * the network can be right at every step; with parameters shared between steps the weights say
 * which of them matter (Song et al. 2021, theorem 1 and section 3.1).
 */
@FunctionalInterface
public interface StepWeight {

  /**
   * The weight.
   *
   * @param diffusion the chain in training
   * @param head what the network's output estimates
   * @param t the step, 1 to T
   * @return the factor on the squared error of the output, at least 0
   */
  double of(GaussianDiffusion diffusion, Parameterization head, int t);

  /**
   * Min-SNR-γ (Hang et al. 2023, "Efficient Diffusion Training via Min-SNR Weighting Strategy",
   * section 3.4): min(SNR, γ) on the squared error of x<sub>0</sub>.
   *
   * @param gamma γ, above 0; the paper's is 5
   * @return the weight
   * @throws IllegalArgumentException if γ is not above 0
   */
  static StepWeight minSnr(double gamma) {
    require("gamma", gamma);
    return (d, head, t) -> Math.min(snr(d, t), gamma) * perStart(d, head, t);
  }

  /**
   * P2 weighting, 1/(k + SNR)<sup>γ</sup> on the squared error of ε (Choi et al. 2022, "Perception
   * Prioritized Training", equation 8).
   *
   * @param k k, above 0; the paper's is 1
   * @param gamma γ, above 0; 0.5 or 1 in the paper
   * @return the weight
   * @throws IllegalArgumentException if k or γ is not above 0
   */
  static StepWeight p2(double k, double gamma) {
    require("k", k);
    require("gamma", gamma);
    return (d, head, t) -> StrictMath.pow(k + snr(d, t), -gamma) * snr(d, t) * perStart(d, head, t);
  }

  /**
   * The weight with which the squared error is KL(q<sub>σ</sub> ‖ p) of a reverse step: λ²/(2σ²) on
   * that of x<sub>0</sub>, hence λ²(1−ᾱ<sub>t</sub>)/(2σ²ᾱ<sub>t</sub>) on that of ε (Song et al.
   * 2021, theorem 1; for σ² of the posterior Ho et al. 2020, equation 12). At step 1, which has no
   * noise, that of σ<sub>2</sub>.
   *
   * @param eta which reverse step, by its η in (0, 1]
   * @return the weight, in nats per coordinate
   * @throws IllegalArgumentException if η is outside (0, 1]
   */
  static StepWeight variational(double eta) {
    if (!(eta > 0 && eta <= 1)) {
      throw new IllegalArgumentException("eta must lie in (0, 1], got " + eta);
    }
    return (d, head, t) -> {
      int noisy = Math.max(t, Math.min(2, d.steps()));
      double sigma = d.sigma(eta, noisy, noisy - 1);
      ReverseKernel step = d.reverse(t, t - 1, t == 1 ? 0 : sigma);
      return step.lambda() * step.lambda() / (2 * sigma * sigma) * perStart(d, head, t);
    };
  }

  /** ᾱ/(1−ᾱ). */
  private static double snr(GaussianDiffusion d, int t) {
    GaussianKernel marginal = d.marginal(t);
    return marginal.scale() * marginal.scale() / marginal.variance();
  }

  /** The squared error of x̂_0 for one of the output: the square of the output's coefficient. */
  private static double perStart(GaussianDiffusion d, Parameterization head, int t) {
    double coefficient = head.start(d, t).second();
    return coefficient * coefficient;
  }

  private static void require(String name, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(name + " must be above 0, got " + value);
    }
  }
}
