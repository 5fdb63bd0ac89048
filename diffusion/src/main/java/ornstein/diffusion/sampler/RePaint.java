package ornstein.diffusion.sampler;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.GaussianKernel;
import ornstein.diffusion.process.Prediction;
import ornstein.diffusion.process.ReverseKernel;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * Inpainting by an unconditional model: after each reverse step the known part is replaced by the
 * known image, noised to that step; and every so often the chain jumps back towards noise, so that
 * the unknown part can settle with what is known (Lugmayr et al. 2022, "RePaint", algorithm 1 and
 * section 4.2). The known part is returned as it was given.
 */
public final class RePaint implements Sampler {
  private final ReverseFamily family;
  private final Tensor known;
  private final Tensor mask;
  private final int jump;
  private final int resamplings;

  /**
   * A sampler for some images.
   *
   * @param family the reverse steps; {@link ReverseFamily#posterior} in the paper
   * @param known images whose known part counts, of the samples' shape
   * @param mask 1 where they are known, 0 where not; of a shape that broadcasts over them
   * @param jump steps of a jump back, at least 1; 10 in the paper
   * @param resamplings how often each stretch is walked, at least 1; 10 in the paper, 1 for no
   *     jumps
   * @throws IllegalArgumentException if jump or resamplings is below 1, or the mask has other
   *     values
   * @throws ShapeException if the mask does not broadcast over the images
   */
  public RePaint(ReverseFamily family, Tensor known, Tensor mask, int jump, int resamplings) {
    if (jump < 1 || resamplings < 1) {
      throw new IllegalArgumentException(
          "jump and resamplings must be at least 1, got " + jump + " and " + resamplings);
    }
    for (float v : mask.toArray()) {
      if (v != 0 && v != 1) {
        throw new IllegalArgumentException("a mask has the values 0 and 1, got " + v);
      }
    }
    if (!mask.shape().broadcast(known.shape()).equals(known.shape())) {
      throw new ShapeException(
          "the mask " + mask.shape() + " does not broadcast over the images " + known.shape());
    }
    this.family = family;
    this.known = known;
    this.mask = mask;
    this.jump = jump;
    this.resamplings = resamplings;
  }

  /**
   * The steps that are visited: t, then t − 1 or t + 1, from T to 0.
   *
   * @param steps T
   * @param jump steps of a jump back
   * @param resamplings how often each stretch is walked
   * @return the walk, which begins with T and ends with 0
   */
  static int[] walk(int steps, int jump, int resamplings) {
    List<Integer> walk = new ArrayList<>(List.of(steps));
    int[] left = new int[steps + 1];
    // From each place where a jump ends below the last step, as the paper's schedule has it.
    for (int t = 0; t < steps - jump; t += jump) {
      left[t] = resamplings - 1;
    }
    int t = steps;
    while (t > 0) {
      walk.add(--t);
      if (left[t] > 0) {
        left[t]--;
        for (int i = 0; i < jump; i++) {
          walk.add(++t);
        }
      }
    }
    return walk.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the network predicts the previous x
   * @throws ShapeException if x has another shape than the known images
   */
  @Override
  public Iterator<SamplingStep> steps(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
    if (!x.shape().equals(known.shape())) {
      throw new ShapeException(
          "the known images are " + known.shape() + ", the samples " + x.shape());
    }
    return new Walk(process, x, labels, noise);
  }

  private final class Walk implements Iterator<SamplingStep> {
    private final GaussianDiffusion diffusion;
    private final ContinuousProcess process;
    private final @Nullable Tensor labels;
    private final NoiseSource noise;
    private final int[] walk;
    private Tensor x;
    private int at;
    private int draws;

    Walk(ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
      this.diffusion = process.diffusion();
      this.process = new ContinuousProcess(process);
      this.labels = labels;
      this.noise = noise;
      this.walk = walk(diffusion.steps(), jump, resamplings);
      this.x = x;
    }

    @Override
    public boolean hasNext() {
      return at < walk.length - 1;
    }

    @Override
    public SamplingStep next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the chain has ended");
      }
      int t = walk[at];
      int s = walk[++at];
      int timestep = diffusion.schedule().timestep(Math.max(1, t));
      Tensor start =
          Autograd.noGrad(
              () -> {
                if (s > t) {
                  x = noised(x, diffusion.forward(t, s));
                  return x;
                }
                return back(t, s, timestep);
              });
      return SamplingStep.of(at, walk.length - 1, timestep, x, start);
    }

    private Tensor back(int t, int s, int timestep) {
      Prediction p = process.predict(x, timestep, labels);
      ReverseKernel step = family.step(diffusion, t, s);
      Tensor unknown = x.mul((float) step.kappa()).add(p.start().mul((float) step.lambda()));
      if (step.sigma() > 0) {
        unknown = unknown.add(fresh().mul((float) step.sigma()));
      }
      // The noise of s, not of t: at s = 0 the known part is the image itself.
      Tensor given = s == 0 ? known : noised(known, diffusion.marginal(s));
      x = given.mul(mask).add(unknown.mul(mask.neg().add(1f)));
      return p.start();
    }

    private Tensor noised(Tensor clean, GaussianKernel kernel) {
      return clean
          .mul((float) kernel.scale())
          .add(fresh().mul((float) Math.sqrt(kernel.variance())));
    }

    private Tensor fresh() {
      return noise.draw(++draws, x.shape());
    }
  }

  @Override
  public String toString() {
    return "repaint(" + family + ")";
  }
}
