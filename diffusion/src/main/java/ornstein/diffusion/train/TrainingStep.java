package ornstein.diffusion.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.StringJoiner;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.loss.Loss;
import ornstein.diffusion.loss.TimestepSampler;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.kernel.GeneratorState;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.program.Program;
import ornstein.nn.Parameter;
import ornstein.nn.layer.Dropout;
import ornstein.nn.layer.Recomputation;
import ornstein.nn.optim.ClipGradNorm;
import ornstein.nn.optim.Ema;
import ornstein.nn.optim.Optimizer;

/**
 * One training step as programs, recorded once: what is random; loss and gradients of a microbatch;
 * the mean of the microbatches' gradients and its norm; then optimiser and averages. Between them
 * the caller may look whether the numbers are finite, before any weight changes.
 */
final class TrainingStep {
  private static final int MOST_NAMED = 4;

  private final SequencedMap<String, Parameter> parameters;
  private final Part part;
  private final int parts;
  private final Tensor uniformState = Tensor.zeros(GeneratorState.SIZE);
  private final Tensor noiseState = Tensor.zeros(GeneratorState.SIZE);
  private final float[] state = new float[GeneratorState.SIZE];
  private final float[] uniform;
  private final float[] noise;
  private final float[] steps;
  private final float[] weights;
  private final float[] losses;
  private final Program drawing;
  private final Program gradients;
  private final @Nullable GradientMean mean;
  private final Program norm;
  private final Program update;
  private Rng dropout = Rng.of(0);
  private float loss;

  /** What the program of a microbatch reads. */
  private static final class Part {
    final Tensor start;
    final Tensor noise;
    final Tensor step;
    final Tensor weight;
    final @Nullable Tensor labels;
    final Tensor dropoutState = Tensor.zeros(GeneratorState.SIZE);

    Part(Shape images, boolean labelled) {
      Shape perSample = Shape.of(images.dim(0));
      start = Tensor.full(images, 0f);
      noise = Tensor.full(images, 0f);
      step = Tensor.full(perSample, 1f);
      weight = Tensor.full(perSample, 1f);
      labels = labelled ? Tensor.full(perSample, 0f) : null;
    }

    int size() {
      return step.shape().size();
    }
  }

  /**
   * Records a step.
   *
   * @param batches what a step is made of
   * @param config microbatch, clipping and whether activations are computed again
   * @param averages which follow the weights, one at least
   */
  TrainingStep(
      Batches batches,
      TrainingConfig config,
      ReverseProcess process,
      Loss objective,
      Optimizer optimizer,
      List<Ema> averages) {
    Shape images = batches.shape();
    int batch = images.dim(0);
    parameters = optimizer.parameters();
    part = new Part(images.with(0, config.microbatch()), batches.labelled());
    parts = batch / config.microbatch();
    uniform = new float[batch];
    noise = new float[images.size()];
    steps = new float[batch];
    weights = new float[batch];
    losses = new float[batch];
    drawing =
        Program.record(
            () ->
                List.of(
                    Rng.stored(uniformState).uniform(Shape.of(batch)),
                    Rng.stored(noiseState).normal(images)));
    List<Tensor> leaves = parameters.values().stream().map(Parameter::value).toList();
    Supplier<Tensor> perSample =
        () -> objective.perSample(process, part.start, part.step, part.noise, part.labels);
    gradients =
        Program.record(
            () ->
                Recomputation.during(
                    config.recompute(),
                    () -> {
                      Tensor l = Dropout.training(Rng.stored(part.dropoutState), perSample);
                      Tensor weighted = l.mul(part.weight).mean();
                      Gradients g = weighted.backward();
                      List<Tensor> results = new ArrayList<>(List.of(weighted, l));
                      leaves.forEach(leaf -> results.add(g.get(leaf)));
                      return results;
                    }));
    List<Tensor> found = gradients.outputs().subList(2, gradients.outputs().size());
    mean = parts == 1 ? null : new GradientMean(found);
    Gradients given = Gradients.given(leaves, mean == null ? found : mean.means());
    ClipGradNorm clip = new ClipGradNorm(config.maxGradNorm());
    norm =
        Program.record(
            () -> {
              Tensor n = ClipGradNorm.norm(parameters, given);
              return List.of(n, clip.scale(n));
            });
    update =
        Program.record(
            () -> {
              optimizer.update(given, norm.outputs().get(1), averages.getFirst());
              averages.subList(1, averages.size()).forEach(Ema::move);
              return List.of();
            });
  }

  /**
   * Draws what is random in a step.
   *
   * @param sampler draws the timesteps
   * @param draws a generator of this step's own
   */
  void draw(TimestepSampler sampler, Rng draws) {
    seed(noiseState, draws.split(0));
    dropout = draws.split(1);
    seed(uniformState, draws.split(2));
    drawing.run();
    drawing.outputs().get(0).copyTo(uniform);
    drawing.outputs().get(1).copyTo(noise);
    sampler.draw(uniform, steps, weights);
  }

  private void seed(Tensor generator, Rng rng) {
    rng.putState(state, 0);
    generator.assign(state);
  }

  /**
   * Computes loss and gradients of a batch; no weight changes.
   *
   * @param pixels the images
   * @param classes their labels; empty for a network without classes
   */
  void gradients(float[] pixels, float[] classes) {
    double sum = 0;
    for (int k = 0; k < parts; k++) {
      load(k, pixels, classes);
      gradients.run();
      sum += gradients.outputs().get(0).item();
      KernelsProvider.current()
          .read(gradients.outputs().get(1).buffer(), 0, losses, k * part.size(), part.size());
      if (mean != null) {
        mean.add(k);
      }
    }
    loss = (float) (sum / parts);
    norm.run();
  }

  /** Puts a microbatch where the program reads it. */
  private void load(int k, float[] pixels, float[] classes) {
    write(pixels, k, part.start);
    write(noise, k, part.noise);
    write(steps, k, part.step);
    write(weights, k, part.weight);
    if (part.labels != null) {
      write(classes, k, part.labels);
    }
    seed(part.dropoutState, k == 0 ? dropout : dropout.split(k));
  }

  private static void write(float[] all, int k, Tensor target) {
    int size = target.shape().size();
    KernelsProvider.current().write(all, k * size, target.buffer(), 0, size);
  }

  /** The loss that was computed last. */
  float loss() {
    return loss;
  }

  /**
   * Tells a sampler which losses the steps had that it drew last.
   *
   * @param total steps of the chain
   * @return the losses by quarter of the chain
   */
  LossQuartiles update(TimestepSampler sampler, int total) {
    sampler.update(steps, losses);
    return LossQuartiles.of(total, steps, losses);
  }

  /** The norm of the gradients that were computed last, before clipping. */
  float gradNorm() {
    return norm.outputs().get(0).item();
  }

  /** Updates weights and averages, whose coefficients the caller has set. */
  void update() {
    update.run();
  }

  /**
   * Where the numbers first went wrong, computed anew with an eye on every kernel.
   *
   * @param pixels the images of the step
   * @param classes their labels
   * @return timesteps and layer, for a person
   */
  String diagnosis(float[] pixels, float[] classes) {
    StringJoiner bad = new StringJoiner(", ");
    int found = 0;
    int first = 0;
    for (int i = losses.length - 1; i >= 0; i--) {
      if (!Float.isFinite(losses[i])) {
        found++;
        first = i;
      }
    }
    for (int i = first, named = 0; i < losses.length && named < MOST_NAMED; i++) {
      if (!Float.isFinite(losses[i])) {
        bad.add(Integer.toString((int) steps[i]));
        named++;
      }
    }
    load(first / part.size(), pixels, classes);
    Map<String, Tensor> leaves = new LinkedHashMap<>();
    parameters.forEach((name, p) -> leaves.put(name, p.value()));
    String where =
        gradients
            .firstNonFinite(leaves)
            .map(bug -> "first bad " + bug)
            .orElse("no kernel of its first microbatch gives such a number");
    return found == 0
        ? "all losses are finite; " + where
        : String.format(
            "%d of %d losses are not finite, at timestep%s %s%s; %s",
            found,
            losses.length,
            found == 1 ? "" : "s",
            bad,
            found > MOST_NAMED ? ", ..." : "",
            where);
  }
}
