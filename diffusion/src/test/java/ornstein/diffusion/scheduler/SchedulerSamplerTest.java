package ornstein.diffusion.scheduler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.pretrained.PatternWeights;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.engine.Tensor;

class SchedulerSamplerTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "DDIMScheduler",
        "PNDMScheduler",
        "HeunDiscreteScheduler",
        "DPMSolverMultistepScheduler"
      })
  void itMakesTheStepsOfARun(String name) {
    Scheduler scheduler = Scheduler.of(Map.of("_class_name", name));
    assertThrows(IllegalArgumentException.class, () -> new SchedulerSampler(scheduler, 1001));
    ReverseProcess process =
        DiffusionConfig.defaults(4, 4, List.of())
            .withSchedule("linear", 1000)
            .process((x, t, y) -> x.mul(0.5f));
    Tensor x = Tensor.of(PatternWeights.pattern("x", 96), 2, 4, 4, 3);
    NoiseSource noise = NoiseSource.of(1);
    Tensor samples = new SchedulerSampler(scheduler, 7).sample(process, x, null, noise);
    Scheduler.Run run = scheduler.begin(7);
    Tensor expected = x.mul(run.initialDeviation());
    for (float t : run.timesteps()) {
      Tensor output = run.scaleModelInput(expected, t).mul(0.5f);
      expected = run.step(output, t, expected, () -> x).sample();
    }
    assertArrayEquals(expected.toArray(), samples.toArray());
  }
}
