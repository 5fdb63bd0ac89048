package ornstein.diffusion.train;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.loss.Loss;
import ornstein.diffusion.loss.TimestepSampler;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.kernel.GeneratorState;
import ornstein.engine.program.Program;
import ornstein.nn.Parameter;
import ornstein.nn.layer.Dropout;
import ornstein.nn.optim.ClipGradNorm;
import ornstein.nn.optim.Ema;
import ornstein.nn.optim.Optimizer;

/**
 * One training step as programs, recorded once: what is random; loss, gradients and their norm;
 * then optimiser and average. Between them the caller may look whether the numbers are finite,
 * before any weight changes.
 */
final class TrainingStep {
  private final Tensor start;
  private final Tensor step;
  private final Tensor weight;
  private final @Nullable Tensor labels;
  private final Tensor noiseState;
  private final Tensor dropoutState;
  private final Tensor stepState;
  private final float[] state = new float[GeneratorState.SIZE];
  private final float[] uniform;
  private final float[] steps;
  private final float[] weights;
  private final float[] losses;
  private final Program uniforms;
  private final Program gradients;
  private final Program update;

  private TrainingStep(
      Shape images,
      boolean labelled,
      ReverseProcess process,
      Loss loss,
      Optimizer optimizer,
      ClipGradNorm clip,
      Ema ema) {
    Shape perSample = Shape.of(images.dim(0));
    start = Tensor.full(images, 0f);
    step = Tensor.full(perSample, 1f);
    weight = Tensor.full(perSample, 1f);
    labels = labelled ? Tensor.full(perSample, 0f) : null;
    noiseState = Tensor.zeros(GeneratorState.SIZE);
    dropoutState = Tensor.zeros(GeneratorState.SIZE);
    stepState = Tensor.zeros(GeneratorState.SIZE);
    uniform = new float[images.dim(0)];
    steps = new float[images.dim(0)];
    weights = new float[images.dim(0)];
    losses = new float[images.dim(0)];
    uniforms = Program.record(() -> List.of(Rng.stored(stepState).uniform(perSample)));
    List<Tensor> leaves = new ArrayList<>();
    optimizer.parameters().values().stream().map(Parameter::value).forEach(leaves::add);
    gradients =
        Program.record(
            () -> {
              Tensor losses = Dropout.training(Rng.stored(dropoutState), () -> loss(process, loss));
              Tensor mean = losses.mul(weight).mean();
              Gradients g = mean.backward();
              Tensor norm = ClipGradNorm.norm(optimizer.parameters(), g);
              List<Tensor> results = new ArrayList<>(List.of(mean, norm, clip.scale(norm), losses));
              leaves.forEach(leaf -> results.add(g.get(leaf)));
              return results;
            });
    List<Tensor> found = gradients.outputs().subList(4, gradients.outputs().size());
    Gradients given = Gradients.given(leaves, found);
    update =
        Program.record(
            () -> {
              optimizer.update(given, gradients.outputs().get(2), ema);
              return List.of();
            });
  }

  /**
   * Records a step.
   *
   * @param images shape of a batch, [N, H, W, C]
   * @param labelled whether the network has classes
   */
  static TrainingStep record(
      Shape images,
      boolean labelled,
      ReverseProcess process,
      Loss loss,
      Optimizer optimizer,
      ClipGradNorm clip,
      Ema ema) {
    return new TrainingStep(images, labelled, process, loss, optimizer, clip, ema);
  }

  private Tensor loss(ReverseProcess process, Loss loss) {
    Tensor noise = Rng.stored(noiseState).normal(start.shape());
    return loss.perSample(process, start, step, noise, labels);
  }

  /**
   * Draws what is random in a step.
   *
   * @param sampler draws the timesteps
   * @param draws a generator of this step's own
   */
  void draw(TimestepSampler sampler, Rng draws) {
    seed(noiseState, draws.split(0));
    seed(dropoutState, draws.split(1));
    seed(stepState, draws.split(2));
    uniforms.run();
    uniforms.outputs().get(0).copyTo(uniform);
    sampler.draw(uniform, steps, weights);
    step.assign(steps);
    weight.assign(weights);
  }

  private void seed(Tensor generator, Rng rng) {
    rng.putState(state, 0);
    generator.assign(state);
  }

  /**
   * Computes loss and gradients of a batch; no weight changes.
   *
   * @param pixels the images
   * @param classes their labels, if the network has classes
   */
  void gradients(float[] pixels, float @Nullable [] classes) {
    start.assign(pixels);
    if (labels != null && classes != null) {
      labels.assign(classes);
    }
    gradients.run();
  }

  /** The loss that was computed last. */
  float loss() {
    return gradients.outputs().get(0).item();
  }

  /** Tells a sampler which losses the steps had that it drew last. */
  void update(TimestepSampler sampler) {
    gradients.outputs().get(3).copyTo(losses);
    sampler.update(steps, losses);
  }

  /** The norm of the gradients that were computed last, before clipping. */
  float gradNorm() {
    return gradients.outputs().get(1).item();
  }

  /** Updates weights and averages, whose coefficients the caller has set. */
  void update() {
    update.run();
  }
}
