package ornstein.diffusion.sampler;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Prediction;
import ornstein.diffusion.process.ReverseKernel;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * Sampling by Langevin dynamics, x ← x + δ/2 ∇ log q(x<sub>t</sub>) + √δ z, at one level of noise
 * after another: alone, it is annealed (Song and Ermon 2019, "Generative Modeling by Estimating
 * Gradients of the Data Distribution", algorithm 1); after a reverse step of a {@link
 * ReverseFamily}, it corrects that (Song et al. 2021, "Score-Based Generative Modeling", algorithm
 * 5 without its factor α). The last step, to clean data, is the prediction of it.
 */
public final class Langevin implements Sampler {
  private final @Nullable ReverseFamily predictor;
  private final int steps;
  private final StepSize size;

  /** How long a step is. */
  private enum StepSize {
    /** A share of the noise's variance, δ = share · (1−ᾱ). */
    OF_LEVEL,
    /**
     * δ = (2r ‖z‖/‖∇‖)², so that the gradient's part δ/2 ‖∇‖ is r times the noise's √δ ‖z‖: the
     * paper's ε = 2 (r ‖z‖/‖∇‖)² is δ/2.
     */
    BY_RATIO
  }

  private final double amount;

  private Langevin(@Nullable ReverseFamily predictor, int steps, StepSize size, double amount) {
    if (steps < 1) {
      throw new IllegalArgumentException("at least 1 step at each level is needed, got " + steps);
    }
    if (!(amount > 0 && amount <= 1)) {
      throw new IllegalArgumentException("the step size must lie in (0, 1], got " + amount);
    }
    this.predictor = predictor;
    this.steps = steps;
    this.size = size;
    this.amount = amount;
  }

  /**
   * Annealed dynamics: from each level to the next only x's scale changes.
   *
   * @param steps steps at each level, at least 1
   * @param share the step size δ as a share of the level's 1−ᾱ, in (0, 1]
   * @return the sampler
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static Langevin annealed(int steps, double share) {
    return new Langevin(null, steps, StepSize.OF_LEVEL, share);
  }

  /**
   * Predictor and corrector.
   *
   * @param predictor the reverse step between levels
   * @param steps steps of correction at each level, at least 1
   * @param ratio r, the wanted ratio of the gradient's part to the noise's, in (0, 1]; 0.16 in the
   *     paper
   * @return the sampler
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static Langevin corrector(ReverseFamily predictor, int steps, double ratio) {
    return new Langevin(predictor, steps, StepSize.BY_RATIO, ratio);
  }

  /**
   * Steps of fixed size at one level of noise.
   *
   * @param process the process
   * @param x the samples, [N, …]
   * @param t the level, in (0, T]
   * @param labels [N], class numbers held as floats, or null without classes
   * @param delta δ, above 0
   * @param count how many steps
   * @param noise where the noise comes from: draws number 1 to count
   * @return the samples after the steps
   */
  public static Tensor dynamics(
      ContinuousProcess process,
      Tensor x,
      double t,
      @Nullable Tensor labels,
      double delta,
      int count,
      NoiseSource noise) {
    double deviation = Math.sqrt(process.schedule().noiseVariance(t));
    Tensor now = x;
    for (int i = 1; i <= count; i++) {
      Prediction p = process.predict(now, t, labels);
      Tensor z = noise.draw(i, x.shape());
      now =
          now.sub(p.noise().mul((float) (delta / (2 * deviation))))
              .add(z.mul((float) Math.sqrt(delta)));
    }
    return now;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the network predicts the previous x
   */
  @Override
  public Iterator<SamplingStep> steps(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
    return new Chain(process, x, labels, noise);
  }

  private final class Chain implements Iterator<SamplingStep> {
    private final GaussianDiffusion diffusion;
    private final ContinuousProcess process;
    private final @Nullable Tensor labels;
    private final NoiseSource noise;
    private Tensor x;
    private int t;
    private int draws;

    Chain(ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
      this.diffusion = process.diffusion();
      this.process = new ContinuousProcess(process);
      this.labels = labels;
      this.noise = noise;
      this.x = x;
      this.t = diffusion.steps();
    }

    @Override
    public boolean hasNext() {
      return t > 0;
    }

    @Override
    public SamplingStep next() {
      if (t == 0) {
        throw new NoSuchElementException("the chain has ended");
      }
      int timestep = diffusion.schedule().timestep(t);
      Tensor start = Autograd.noGrad(() -> step(timestep));
      t--;
      int total = diffusion.steps();
      return SamplingStep.of(total - t, total, timestep, x, start);
    }

    private Tensor step(int timestep) {
      for (int i = 0; i < steps; i++) {
        correct(timestep);
      }
      Prediction p = process.predict(x, timestep, labels);
      int s = t - 1;
      if (s == 0) {
        x = p.start();
      } else if (predictor == null) {
        // The same signal at the next level's scale; the dynamics there see to its noise.
        x = x.mul((float) Math.sqrt(diffusion.alphaBar(s) / diffusion.alphaBar(t)));
      } else {
        ReverseKernel k = predictor.step(diffusion, t, s);
        x = x.mul((float) k.kappa()).add(p.start().mul((float) k.lambda()));
        x = k.sigma() == 0 ? x : x.add(fresh().mul((float) k.sigma()));
      }
      return p.start();
    }

    private void correct(int timestep) {
      double deviation = Math.sqrt(1 - diffusion.alphaBar(t));
      Tensor score = process.predict(x, timestep, labels).noise().mul((float) (-1 / deviation));
      Tensor z = fresh();
      Tensor delta = sizes(score, z, deviation);
      x = x.add(score.mul(delta.mul(0.5f))).add(z.mul(delta.sqrt()));
    }

    /** δ of each sample, which depends on no other. */
    private Tensor sizes(Tensor score, Tensor z, double deviation) {
      int[] dims = score.shape().dims();
      Arrays.fill(dims, 1, dims.length, 1);
      float[] sizes = new float[dims[0]];
      if (size == StepSize.OF_LEVEL) {
        Arrays.fill(sizes, (float) (amount * deviation * deviation));
        return Tensor.of(sizes, dims);
      }
      float[] g = score.toArray();
      float[] n = z.toArray();
      int each = g.length / Math.max(1, sizes.length);
      for (int i = 0; i < sizes.length; i++) {
        double gradient = 1e-30;
        double noises = 0;
        for (int k = i * each; k < (i + 1) * each; k++) {
          gradient += (double) g[k] * g[k];
          noises += (double) n[k] * n[k];
        }
        // Never beyond the level's own variance, where a step would leave it.
        double delta = 4 * amount * amount * noises / gradient;
        sizes[i] = (float) Math.min(delta, deviation * deviation);
      }
      return Tensor.of(sizes, dims);
    }

    private Tensor fresh() {
      return noise.draw(++draws, x.shape());
    }
  }

  @Override
  public String toString() {
    return predictor == null ? "annealed Langevin" : "predictor-corrector(" + predictor + ")";
  }
}
