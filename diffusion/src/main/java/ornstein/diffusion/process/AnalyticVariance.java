package ornstein.diffusion.process;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * The best variance of the reverse step for a network as it is: σ² + λ² (1−ᾱ<sub>t</sub>)/ᾱ
 * <sub>t</sub> (1 − Γ<sub>t</sub>) with the posterior's σ and λ, where Γ<sub>t</sub> = E‖ε̂‖²/d is
 * measured on data (Bao et al. 2022, "Analytic-DPM", theorem 1: the second part is what the network
 * does not know of x<sub>0</sub>). That part is at most λ² times the variance of the data, which
 * bounds what chance does to it at great noise, as the paper's theorem 2 does by the data's range.
 * The same Γ serve every shorter chain whose timesteps were measured.
 */
public final class AnalyticVariance implements ReverseVariance {
  /** A variance has a logarithm even where the network knows everything. */
  private static final double LEAST = 1e-20;

  private final Map<Integer, Double> gammas;

  private final double dataVariance;

  private AnalyticVariance(Map<Integer, Double> gammas, double dataVariance) {
    this.gammas = gammas;
    this.dataVariance = dataVariance;
  }

  /**
   * Measures a network.
   *
   * @param process the process; the timesteps that its chain visits are measured
   * @param data clean samples [N, …], some hundred of them; the error falls with N times the
   *     coordinates
   * @param labels [N], class numbers held as floats, or null without classes
   * @param seed seed of the noise
   * @return the variance
   */
  public static AnalyticVariance measure(
      ReverseProcess process, Tensor data, @Nullable Tensor labels, long seed) {
    Map<Integer, Double> gammas = new TreeMap<>();
    GaussianDiffusion d = process.diffusion();
    for (int t = 1; t <= d.steps(); t++) {
      Tensor step = Tensor.full(Shape.of(data.shape().dim(0)), t);
      Tensor noise = Rng.of(seed).split(t).normal(data.shape());
      float[] said =
          Autograd.noGrad(
                  () -> {
                    Tensor x = process.forward().sample(data, step, noise);
                    return process.noiseOf(x, step, process.predictStart(x, step, labels));
                  })
              .toArray();
      double squares = 0;
      for (float v : said) {
        squares += (double) v * v;
      }
      // The best prediction has Γ ≤ 1; what exceeds it is chance, or a bad network.
      gammas.put(d.schedule().timestep(t), Math.min(1, squares / said.length));
    }
    return new AnalyticVariance(gammas, variance(data));
  }

  /** The mean over the coordinates of their variance over the samples. */
  private static double variance(Tensor data) {
    float[] x = data.toArray();
    int n = data.shape().dim(0);
    int each = x.length / Math.max(1, n);
    double sum = 0;
    for (int c = 0; c < each; c++) {
      double mean = 0;
      double squares = 0;
      for (int i = 0; i < n; i++) {
        mean += x[i * each + c] / (double) n;
      }
      for (int i = 0; i < n; i++) {
        double off = x[i * each + c] - mean;
        squares += off * off;
      }
      sum += squares / Math.max(1, n - 1);
    }
    return sum / Math.max(1, each);
  }

  @Override
  public boolean isLearned() {
    return false;
  }

  @Override
  public Along along(GaussianDiffusion d) {
    return new FixedVariance(
        d.steps(), t -> variance(d, t), t -> StrictMath.log(Math.max(LEAST, variance(d, t))));
  }

  /**
   * The variance of a step.
   *
   * @param d the chain
   * @param t the step, 1 to T
   * @return the variance
   * @throws IllegalArgumentException if the timestep of that step was not measured
   */
  public double variance(GaussianDiffusion d, int t) {
    Double gamma = gammas.get(d.schedule().timestep(t));
    if (gamma == null) {
      throw new IllegalArgumentException(
          "the variance was not measured at timestep "
              + d.schedule().timestep(t)
              + "; measure it along this chain");
    }
    ReverseKernel posterior = d.posterior(t, t - 1);
    GaussianKernel marginal = d.marginal(t);
    double unknown = marginal.variance() / (marginal.scale() * marginal.scale()) * (1 - gamma);
    double bounded = Math.min(unknown, dataVariance);
    return posterior.variance() + posterior.lambda() * posterior.lambda() * bounded;
  }

  @Override
  public String toString() {
    return "analytic variance at " + gammas.size() + " timesteps";
  }
}
