package ornstein.diffusion.sampler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.kernel.GeneratorState;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.program.ProgramCache;
import ornstein.engine.program.RecordedFunction;

/**
 * One transition of a chain as a recorded function. The sample stays in its first input, which the
 * program itself overwrites, so that a step costs no copy.
 */
final class StepProgram {
  /** Everything that the recorded operations depend on. */
  private record Key(
      Object kernels, Object process, Object sampler, Shape x, boolean labels, NoiseInput noise) {}

  /** What a step is told of its noise. */
  private enum NoiseInput {
    /** Nothing: it takes none. */
    NONE,
    /** The states of generators, one for each sample: the program draws itself. */
    STATES,
    /** The numbers. */
    VALUES
  }

  private final ProgramCache cache;
  private final Key key;
  private final RecordedFunction function;
  private final float[] steps;
  private final float[] states;

  private StepProgram(ProgramCache cache, Key key, RecordedFunction function) {
    this.cache = cache;
    this.key = key;
    this.function = function;
    this.steps = new float[key.x().dim(0)];
    boolean draws = key.noise() == NoiseInput.STATES;
    this.states = new float[draws ? steps.length * GeneratorState.SIZE : 0];
  }

  static StepProgram take(
      ReverseProcess process,
      Object sampler,
      ReverseChain.Transition transition,
      Tensor x,
      @Nullable Tensor labels,
      @Nullable NoiseSource noise) {
    NoiseInput input =
        noise == null
            ? NoiseInput.NONE
            : noise instanceof PerSampleNoise ? NoiseInput.STATES : NoiseInput.VALUES;
    Key key =
        new Key(
            KernelsProvider.current(),
            process.recordingKey(),
            sampler,
            x.shape(),
            labels != null,
            input);
    RecordedFunction function = process.programs().take(key, () -> record(key, labels, transition));
    return new StepProgram(process.programs(), key, function);
  }

  private static RecordedFunction record(
      Key key, @Nullable Tensor labels, ReverseChain.Transition transition) {
    Shape perSample = Shape.of(key.x().dim(0));
    List<Shape> shapes = new ArrayList<>(List.of(key.x(), perSample));
    shapes.add(
        switch (key.noise()) {
          case NONE -> Shape.of(0);
          case STATES -> Shape.of(key.x().dim(0), GeneratorState.SIZE);
          case VALUES -> key.x();
        });
    if (labels != null) {
      shapes.add(labels.shape());
    }
    return RecordedFunction.of(
        shapes,
        inputs ->
            Autograd.noGrad(
                () -> {
                  Tensor x = inputs.get(0);
                  Tensor z =
                      switch (key.noise()) {
                        case NONE -> null;
                        case STATES -> Rng.stored(inputs.get(2)).normal(key.x());
                        case VALUES -> inputs.get(2);
                      };
                  Tensor own = labels == null ? null : inputs.get(3);
                  ReverseChain.Moved moved = transition.apply(x, inputs.get(1), own, z);
                  x.assign(moved.x());
                  return List.of(moved.start());
                }));
  }

  boolean noisy() {
    return key.noise() != NoiseInput.NONE;
  }

  /** Sets the sample and the labels. */
  void begin(Tensor x, @Nullable Tensor labels) {
    function.inputs().get(0).assign(x);
    if (labels != null) {
      function.inputs().get(3).assign(labels);
    }
  }

  /** Makes a step. */
  void run(int step, NoiseSource noise) {
    Arrays.fill(steps, step);
    function.inputs().get(1).assign(steps);
    if (noise instanceof PerSampleNoise own && key.noise() == NoiseInput.STATES) {
      own.putStates(step, states);
      function.inputs().get(2).assign(states);
    } else if (noisy()) {
      function.inputs().get(2).assign(noise.draw(step, key.x()));
    }
    function.run();
  }

  /** The sample after the last step made; overwritten by the next. */
  Tensor x() {
    return function.inputs().get(0);
  }

  /** The clean data predicted in the last step made; overwritten by the next. */
  Tensor start() {
    return function.outputs().get(0);
  }

  /** Leaves the recorded function to others. */
  void giveBack() {
    cache.give(key, function);
  }
}
