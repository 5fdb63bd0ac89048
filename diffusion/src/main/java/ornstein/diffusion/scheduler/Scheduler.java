package ornstein.diffusion.scheduler;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import ornstein.engine.Tensor;

/**
 * A scheduler of diffusers, as its {@code scheduler_config.json} describes it. It is immutable: one
 * serves several threads, each with a {@link Run} of its own.
 *
 * <pre>{@code
 * Scheduler.Run run = Scheduler.of(members).begin(50);
 * Tensor x = noise.mul(run.initialDeviation());
 * for (float t : run.timesteps()) {
 *   Tensor output = network(run.scaleModelInput(x, t), t);
 *   x = run.step(output, t, x, source).sample();
 * }
 * }</pre>
 *
 * <p>The numbers are those of diffusers 0.40 (huggingface/diffusers, src/diffusers/schedulers).
 */
public abstract sealed class Scheduler
    permits DdimInverseScheduler,
        DdimScheduler,
        DdpmScheduler,
        DpmSolverScheduler,
        EulerScheduler,
        HeunScheduler,
        PndmScheduler,
        UniPcScheduler {
  private static final List<String> CLASSES =
      List.of(
          "DDIMInverseScheduler",
          "DDIMScheduler",
          "DDPMScheduler",
          "DPMSolverMultistepScheduler",
          "EulerDiscreteScheduler",
          "HeunDiscreteScheduler",
          "PNDMScheduler",
          "UniPCMultistepScheduler");

  private final Options options;

  Scheduler(Options options) {
    this.options = options;
  }

  /**
   * The scheduler of a configuration.
   *
   * @param members the file's members, as a JSON parser gives them: texts, numbers, booleans, lists
   *     of them, null
   * @return the scheduler
   * @throws IllegalArgumentException if {@code _class_name} or an option has a value that is not
   *     known here, or diffusers computes no number with it; the message names the option and what
   *     to put there
   */
  public static Scheduler of(Map<String, ?> members) {
    Options options = new Options(Map.copyOf(withoutNulls(members)));
    String name = options.text("_class_name", "");
    return switch (name) {
      case "DDIMInverseScheduler" -> new DdimInverseScheduler(options);
      case "DDIMScheduler" -> new DdimScheduler(options);
      case "DDPMScheduler" -> new DdpmScheduler(options);
      case "DPMSolverMultistepScheduler" -> new DpmSolverScheduler(options);
      case "EulerDiscreteScheduler" -> new EulerScheduler(options);
      case "HeunDiscreteScheduler" -> new HeunScheduler(options);
      case "PNDMScheduler" -> new PndmScheduler(options);
      case "UniPCMultistepScheduler" -> new UniPcScheduler(options);
      default -> throw options.notOneOf("_class_name", name, CLASSES);
    };
  }

  final Options options() {
    return options;
  }

  /** What is null has its default, as if it were missing. */
  private static Map<String, Object> withoutNulls(Map<String, ?> members) {
    Map<String, Object> given = new HashMap<>();
    for (Map.Entry<String, ?> member : members.entrySet()) {
      if (member.getValue() != null) {
        given.put(member.getKey(), member.getValue());
      }
    }
    return given;
  }

  /**
   * Members of the configuration that the class does not have, but for those whose names begin with
   * an underscore. Like diffusers, this scheduler does not heed them.
   *
   * @return their names in order
   */
  public final List<String> unknownOptions() {
    return options.unknown();
  }

  /**
   * What the network is told in each of its evaluations.
   *
   * @param steps how many steps, at least 1 and at most those of training
   * @return timesteps from 0, in the order of a run; more than the steps where a method asks twice
   *     in a step (Heun) or begins with a Runge–Kutta method (PNDM), fractions between training's
   *     steps in schedulers that choose levels of noise
   * @throws IllegalArgumentException if there are too few or too many steps, or some would lie
   *     outside the chain
   */
  public final float[] timesteps(int steps) {
    return begin(steps).timesteps();
  }

  /**
   * Begins to sample.
   *
   * @param steps how many steps, at least 1 and at most those of training
   * @return the run of one sample or batch
   * @throws IllegalArgumentException if there are too few or too many steps, or some would lie
   *     outside the chain
   */
  public abstract Run begin(int steps);

  /** The steps of one sample or batch, to be made in order by one thread. */
  public abstract static class Run {
    private final float[] times;
    private int done;

    Run(float[] times) {
      this.times = times;
    }

    /**
     * What the network is told in each of its evaluations.
     *
     * @return timesteps from 0, one for each call of {@link #step}
     */
    public final float[] timesteps() {
      return times.clone();
    }

    /**
     * The deviation of the noise to begin with.
     *
     * @return 1 in schedulers that keep the variance
     */
    public float initialDeviation() {
      return 1;
    }

    /**
     * What the network is shown before the next step.
     *
     * @param sample the sample, [N, …]
     * @param timestep that of the step
     * @return the sample, divided by its deviation in schedulers whose samples grow with the noise
     * @throws IllegalArgumentException if it is another step's turn
     * @throws IllegalStateException if the run has ended
     */
    public final Tensor scaleModelInput(Tensor sample, float timestep) {
      requireTurn(timestep);
      return scaled(done, sample);
    }

    /**
     * Makes the next step.
     *
     * @param output what the network said, of the sample's shape, or twice the channels with a
     *     learned variance
     * @param timestep that of the step
     * @param sample the sample, [N, …, C], as it was before {@link #scaleModelInput}
     * @param noise gives standard normal noise of the sample's shape; it is asked only where a step
     *     takes some
     * @return the sample after it, and the clean data predicted on the way
     * @throws IllegalArgumentException if it is another step's turn, or the output's shape does not
     *     fit
     * @throws IllegalStateException if the run has ended
     */
    public final Moved step(Tensor output, float timestep, Tensor sample, Supplier<Tensor> noise) {
      requireTurn(timestep);
      Moved moved = move(done, output, sample, noise);
      done++;
      return moved;
    }

    private void requireTurn(float timestep) {
      if (done == times.length) {
        throw new IllegalStateException("the run has ended; begin another");
      }
      if (timestep != times[done]) {
        throw new IllegalArgumentException(
            "timestep " + timestep + " is not the next; it is " + times[done]);
      }
    }

    final int count() {
      return times.length;
    }

    final int timestep(int index) {
      return (int) times[index];
    }

    Tensor scaled(int index, Tensor sample) {
      return sample;
    }

    abstract Moved move(int index, Tensor output, Tensor x, Supplier<Tensor> noise);
  }

  /**
   * What a step comes to.
   *
   * @param sample the sample after it, [N, …]
   * @param start the clean data that was predicted in it, of the same shape
   */
  public record Moved(Tensor sample, Tensor start) {}
}
