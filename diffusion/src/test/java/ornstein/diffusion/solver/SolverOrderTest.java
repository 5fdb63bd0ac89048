package ornstein.diffusion.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.InterpolatedSchedule;
import ornstein.engine.Tensor;

/**
 * Row 8: the error of each solver against the exact flow of a mixture, as a slope of log error
 * against log step, on steps even in the variable that the method is made for.
 */
class SolverOrderTest {
  private static final BetaSchedule CHAIN = BetaSchedule.linear(1000);
  private static final MixtureFlow DATA = new MixtureFlow(new double[] {-1, 0.8}, 0.2, CHAIN);
  private static final double FROM = 700;
  private static final double TO = 60;

  /**
   * The coarsest of three runs is fine enough for the leading term of the error, the finest coarse
   * enough to be above the rounding of float32, some 10⁻⁶.
   */
  @ParameterizedTest
  @CsvSource({
    "euler,0.9,1.1,16",
    "dpm1,0.9,1.1,8",
    "flow-euler,0.9,1.1,8",
    "heun,1.8,2.2,16",
    "flow-heun,1.8,2.2,8",
    "midpoint,1.7,2.5,16", // still falling faster than its order, as rk4
    "dpm2,1.8,2.2,8",
    "dpm++2m,1.8,2.2,8",
    "dpm++2s,1.8,2.2,8",
    "plms,1.8,2.9,16",
    "pndm,1.8,2.9,16",
    "dpm3,2.7,3.3,4",
    "unipc2,2.8,3.3,16",
    "rk4,3.7,4.9,16",
    "unipc3,3.7,4.9,8"
  })
  void errorFallsWithItsOrder(String name, double least, double most, int coarse) {
    double[] logSteps = new double[3];
    double[] logErrors = new double[3];
    for (int i = 0; i < 3; i++) {
      int steps = coarse << i;
      logSteps[i] = Math.log(1.0 / steps);
      logErrors[i] = Math.log(error(SolverName.named(name), steps));
    }
    double slope = slope(logSteps, logErrors);
    assertTrue(slope >= least && slope <= most, name + " has slope " + slope);
  }

  /** Root mean square over some points: a single one's error may change its sign. */
  private static double error(SolverName name, int steps) {
    boolean flow = name.toString().startsWith("flow");
    ReverseProcess process = DATA.process(flow ? Parameterization.FLOW : Parameterization.EPSILON);
    Sampler solver = name.along(grid(name, steps));
    float[] x = {-1.5f, -0.7f, -0.3f, 0.1f, 0.4f, 0.9f, 2};
    float[] reached =
        solver.sample(process, Tensor.of(x, x.length, 1), null, NoiseSource.of(0)).toArray();
    double squares = 0;
    for (int i = 0; i < x.length; i++) {
      double off = reached[i] - DATA.exact(x[i], FROM, TO);
      squares += off * off;
    }
    return Math.sqrt(squares / x.length);
  }

  private static TimeGrid grid(SolverName name, int steps) {
    InterpolatedSchedule c = new InterpolatedSchedule(CHAIN);
    return process ->
        IntStream.rangeClosed(0, steps)
            .mapToDouble(
                i -> {
                  double u = i / (double) steps;
                  if (i == 0 || i == steps) {
                    return i == 0 ? FROM : TO;
                  }
                  return switch (name) {
                    case EULER, HEUN, MIDPOINT, RK4 ->
                        c.timeOfSigma(c.sigma(FROM) + u * (c.sigma(TO) - c.sigma(FROM)));
                    case PLMS, PNDM, FLOW_EULER, FLOW_HEUN -> FROM + u * (TO - FROM);
                    default -> c.timeOfLambda(c.lambda(FROM) + u * (c.lambda(TO) - c.lambda(FROM)));
                  };
                })
            .toArray();
  }

  /** A tail without signal is left out, whatever the spacing. */
  @Test
  void gridsBeginWhereThereIsSignal() {
    MixtureFlow cosine = new MixtureFlow(new double[] {0}, 1, BetaSchedule.cosine(1000));
    ContinuousProcess p = new ContinuousProcess(cosine.process(Parameterization.V));
    double[] all = TimeGrid.visited().from(-5.1).times(p);
    assertEquals(-5.1, p.schedule().lambda(all[0]), 1e-9);
    assertTrue(all[0] < 1000 && all[0] > 990 && all[1] < all[0]);
    assertEquals(0, all[all.length - 1]);
    ContinuousProcess linear = new ContinuousProcess(DATA.process(Parameterization.V));
    assertArrayEquals(
        TimeGrid.karras(7).times(linear), TimeGrid.karras(7).from(-5.1).times(linear));
    for (TimeGrid grid :
        List.of(TimeGrid.karras(7), TimeGrid.logSnr(), TimeGrid.uniform(), TimeGrid.balanced())) {
      double[] times = grid.times(linear);
      assertEquals(1001, times.length);
      assertEquals(1000, times[0]);
      assertEquals(1, times[999]);
    }
    MixtureFlow straight = new MixtureFlow(new double[] {0}, 1, BetaSchedule.named("straight", 50));
    ContinuousProcess endless = new ContinuousProcess(straight.process(Parameterization.FLOW));
    assertThrows(IllegalArgumentException.class, () -> TimeGrid.logSnr().times(endless));
    assertEquals(
        -5.1, endless.schedule().lambda(TimeGrid.visited().from(-5.1).times(endless)[0]), 1e-9);
  }

  /** Halfway between even in time and even in λ, the latter from −5.1 on. */
  @Test
  void theBalancedGridLiesMidway() {
    MixtureFlow cosine = new MixtureFlow(new double[] {0}, 1, BetaSchedule.cosine(1000));
    ContinuousProcess p = new ContinuousProcess(cosine.process(Parameterization.V));
    double[] uniform = TimeGrid.uniform().times(p);
    double[] balanced = TimeGrid.balanced().times(p);
    double last = p.schedule().lambda(1);
    for (int i = 1; i < 999; i++) {
      double lambda = -5.1 + i / 999.0 * (last + 5.1);
      double even = 2 * balanced[i] - uniform[i];
      assertEquals(lambda, p.schedule().lambda(even), 1e-6, "at " + i);
    }
  }

  private static double slope(double[] x, double[] y) {
    double mx = DoubleStream.of(x).average().orElseThrow();
    double my = DoubleStream.of(y).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - mx) * (y[i] - my);
      xx += (x[i] - mx) * (x[i] - mx);
    }
    return xy / xx;
  }
}
