package ornstein.diffusion.scheduler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

class SchedulerOptionsTest {
  private static Tensor noNoise() {
    throw new AssertionError("no noise is needed");
  }

  private static Map<String, Object> members(String name, String options) {
    Map<String, Object> members = SchedulerLoopsTest.options(options);
    members.put("_class_name", name);
    return members;
  }

  private static Scheduler scheduler(String name, String options) {
    return Scheduler.of(members(name, options));
  }

  private static void refused(String message, Executable what) {
    String error = String.valueOf(assertThrows(IllegalArgumentException.class, what).getMessage());
    assertTrue(error.contains(message), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LMSDiscreteScheduler | '' | '_class_name' is 'LMSDiscreteScheduler', which is not known;"
            + " choose DDIMInverseScheduler, DDIMScheduler",
        "DDIMScheduler | prediction_type=flow | 'prediction_type' is 'flow', which is not known;"
            + " choose epsilon, sample, v_prediction",
        "DDIMScheduler | beta_schedule=sigmoid | 'beta_schedule' is 'sigmoid'",
        "DDIMScheduler | timestep_spacing=odd | 'timestep_spacing' is 'odd'",
        "DDIMScheduler | beta_start=2 | 'beta_start' and beta_end must lie in (0, 1)",
        "DDIMScheduler | num_train_timesteps=0 | 'num_train_timesteps' must be from 1",
        "DDIMScheduler | steps_offset=-1 | 'steps_offset' must be at least 0",
        "DDIMScheduler | trained_betas=0.1,0.2 | 'trained_betas' must hold num_train_timesteps",
        "DDIMScheduler | trained_betas=0.1,x | 'trained_betas' must hold numbers",
        "DDIMScheduler | trained_betas=0.1 | 'trained_betas' must be a list",
        "DDIMScheduler | num_train_timesteps=2 trained_betas=0.1,1.5 | must lie in [0, 1)",
        "DDIMScheduler | clip_sample_range=0 | 'clip_sample_range' must be above 0",
        "DDIMScheduler | sample_max_value=0 | 'sample_max_value' must be above 0",
        "DDIMScheduler | dynamic_thresholding_ratio=2 | 'dynamic_thresholding_ratio' must lie in",
        "DDIMInverseScheduler | timestep_spacing=linspace | must be leading or trailing",
        "DDPMScheduler | variance_type=fixed_large_log | what is meant is fixed_large",
        "DDPMScheduler | variance_type=none | 'variance_type' is 'none'",
        "EulerDiscreteScheduler | use_beta_sigmas=true | choose use_karras_sigmas",
        "EulerDiscreteScheduler | use_karras_sigmas=true use_exponential_sigmas=true | must be"
            + " false where use_karras_sigmas",
        "EulerDiscreteScheduler | sigma_min=0 | 'sigma_min' must be above 0",
        "EulerDiscreteScheduler | sigma_max=-1 | 'sigma_max' must be above 0",
        "EulerDiscreteScheduler | interpolation_type=cubic | 'interpolation_type' is 'cubic'",
        "EulerDiscreteScheduler | timestep_type=odd | choose discrete, continuous",
        "EulerDiscreteScheduler | final_sigmas_type=odd | choose zero, sigma_min",
        "PNDMScheduler | prediction_type=sample | choose epsilon, v_prediction",
        "DPMSolverMultistepScheduler | algorithm_type=euler | 'algorithm_type' is 'euler'",
        "DPMSolverMultistepScheduler | algorithm_type=dpmsolver | 'final_sigmas_type' must be"
            + " sigma_min with dpmsolver",
        "DPMSolverMultistepScheduler | solver_order=4 | 'solver_order' must be from 1 to 3",
        "DPMSolverMultistepScheduler | algorithm_type=sde-dpmsolver solver_order=3"
            + " final_sigmas_type=sigma_min | must be from 1 to 2 with sde-dpmsolver",
        "DPMSolverMultistepScheduler | solver_type=odd | choose midpoint, heun",
        "DPMSolverMultistepScheduler | use_flow_sigmas=true | 'use_flow_sigmas' must be false",
        "DPMSolverMultistepScheduler | lambda_min_clipped=100 | must leave some timesteps",
        "UniPCMultistepScheduler | solver_order=4 | 'solver_order' must be from 1 to 3",
        "UniPCMultistepScheduler | solver_type=odd | choose bh1, bh2",
        "UniPCMultistepScheduler | solver_type=bh1 | 'final_sigmas_type' must be sigma_min",
        "UniPCMultistepScheduler | predict_x0=false | 'final_sigmas_type' must be sigma_min",
        "UniPCMultistepScheduler | lower_order_final=false | 'final_sigmas_type' must be sigma_min",
        "UniPCMultistepScheduler | shift_terminal=0.1 | 'shift_terminal' must be null",
        "UniPCMultistepScheduler | solver_p=other | 'solver_p' must be null"
      })
  void whatIsNotKnownIsRefusedByName(String name, String options, String message) {
    refused(message, () -> scheduler(name, options));
  }

  /** All that diffusers' classes have, as it writes them into a file. */
  @ParameterizedTest
  @CsvSource({
    "DDPMScheduler, variance_type=fixed_small clip_sample=true thresholding=false"
        + " dynamic_thresholding_ratio=0.995 clip_sample_range=1.0 sample_max_value=1.0"
        + " rescale_betas_zero_snr=false",
    "DDIMScheduler, clip_sample=true set_alpha_to_one=true thresholding=false"
        + " dynamic_thresholding_ratio=0.995 clip_sample_range=1.0 sample_max_value=1.0"
        + " rescale_betas_zero_snr=false",
    "DDIMInverseScheduler, clip_sample=true set_alpha_to_one=true clip_sample_range=1.0"
        + " rescale_betas_zero_snr=false",
    "HeunDiscreteScheduler, use_karras_sigmas=false use_exponential_sigmas=false"
        + " use_beta_sigmas=false clip_sample=false clip_sample_range=1.0",
    "EulerDiscreteScheduler, interpolation_type=linear use_karras_sigmas=false"
        + " use_exponential_sigmas=false use_beta_sigmas=false timestep_type=discrete"
        + " rescale_betas_zero_snr=false final_sigmas_type=zero",
    "PNDMScheduler, skip_prk_steps=false set_alpha_to_one=false",
    "DPMSolverMultistepScheduler, solver_order=2 thresholding=false"
        + " dynamic_thresholding_ratio=0.995 sample_max_value=1.0 algorithm_type=dpmsolver++"
        + " solver_type=midpoint lower_order_final=true euler_at_final=false"
        + " use_karras_sigmas=false use_exponential_sigmas=false use_beta_sigmas=false"
        + " use_lu_lambdas=false use_flow_sigmas=false flow_shift=1.0 final_sigmas_type=zero"
        + " lambda_min_clipped=-Infinity rescale_betas_zero_snr=false use_dynamic_shifting=false"
        + " time_shift_type=exponential",
    "UniPCMultistepScheduler, solver_order=2 thresholding=false dynamic_thresholding_ratio=0.995"
        + " sample_max_value=1.0 predict_x0=true solver_type=bh2 lower_order_final=true"
        + " use_karras_sigmas=false use_exponential_sigmas=false use_beta_sigmas=false"
        + " use_flow_sigmas=false flow_shift=1.0 final_sigmas_type=zero"
        + " rescale_betas_zero_snr=false use_dynamic_shifting=false time_shift_type=exponential"
  })
  void allOptionsAreKnown(String name, String own) {
    Map<String, Object> members = members(name, own);
    members.putAll(
        SchedulerLoopsTest.options(
            "num_train_timesteps=1000 beta_start=0.0001 beta_end=0.02 beta_schedule=linear"
                + " prediction_type=epsilon timestep_spacing=leading steps_offset=0"));
    for (String absent : List.of("trained_betas", "_diffusers_version")) {
      members.put(absent, null);
    }
    members.put("_diffusers_version", "0.40.0");
    Scheduler scheduler = Scheduler.of(members);
    assertEquals(List.of(), scheduler.unknownOptions());
    members.put("zeta", null);
    members.put("set_beta", 1);
    members.put("alpha", List.of());
    assertEquals(List.of("alpha", "set_beta"), Scheduler.of(members).unknownOptions());
  }

  @Test
  void infinityMayBeANumber() {
    Map<String, Object> members = members("DPMSolverMultistepScheduler", "");
    float[] expected = Scheduler.of(members).timesteps(10);
    members.put("lambda_min_clipped", Double.NEGATIVE_INFINITY);
    assertArrayEquals(expected, Scheduler.of(members).timesteps(10));
  }

  @Test
  void timestepsAreThoseOfTheMethod() {
    assertArrayEquals(new float[] {750, 500, 250, 0}, scheduler("DDIMScheduler", "").timesteps(4));
    assertArrayEquals(
        new float[] {0, 250, 500, 750}, scheduler("DDIMInverseScheduler", "").timesteps(4));
    assertArrayEquals(
        new float[] {999, 749, 499, 249},
        scheduler("DDPMScheduler", "timestep_spacing=trailing").timesteps(4));
    assertArrayEquals(
        new float[] {999, 666, 666, 333, 333, 0, 0},
        scheduler("HeunDiscreteScheduler", "").timesteps(4));
    assertArrayEquals(
        new float[] {750, 500, 500, 250, 0},
        scheduler("PNDMScheduler", "skip_prk_steps=true").timesteps(4));
    assertEquals(13, scheduler("PNDMScheduler", "").timesteps(4).length);
    assertArrayEquals(
        new float[] {999, 749, 500, 250},
        scheduler("DPMSolverMultistepScheduler", "").timesteps(4));
  }

  /** Where rounding gives diffusers one timestep more, −1, which it takes for the chain's last. */
  @Test
  void numbersOfStepsThatLeaveTheChainAreRefused() {
    Scheduler ddim = scheduler("DDIMScheduler", "timestep_spacing=trailing");
    refused("would visit timestep -1.0", () -> ddim.begin(61));
    assertEquals(60, ddim.timesteps(60).length);
    refused("a run needs 1 to 1000 steps, got 0", () -> ddim.begin(0));
    refused("a run needs 1 to 1000 steps, got 1001", () -> ddim.begin(1001));
    refused(
        "would visit timestep 1000.0",
        () -> scheduler("DDIMScheduler", "steps_offset=1").begin(1000));
    Scheduler inverse = scheduler("DDIMInverseScheduler", "prediction_type=sample");
    refused("'set_alpha_to_one' must be false", () -> inverse.begin(10));
    refused("at least 4 steps", () -> scheduler("PNDMScheduler", "").begin(3));
    refused(
        "0.0 of 0 to 999 after 0.0",
        () -> scheduler("UniPCMultistepScheduler", "timestep_spacing=leading").begin(1000));
    refused(
        "got 1001",
        () -> scheduler("UniPCMultistepScheduler", "use_karras_sigmas=true").begin(1001));
  }

  @Test
  void stepsAreMadeInOrder() {
    Scheduler.Run run = scheduler("DDIMScheduler", "").begin(2);
    Tensor x = Tensor.full(Shape.of(1, 2, 2, 1), 0.5f);
    refused(
        "timestep 0.0 is not the next; it is 500.0",
        () -> run.step(x, 0, x, SchedulerOptionsTest::noNoise));
    run.step(x, 500, x, SchedulerOptionsTest::noNoise);
    refused("it is 0.0", () -> run.scaleModelInput(x, 500));
    run.step(x, 0, x, SchedulerOptionsTest::noNoise);
    assertThrows(
        IllegalStateException.class, () -> run.step(x, 0, x, SchedulerOptionsTest::noNoise));
  }

  @Test
  void runsShareNothing() {
    Scheduler scheduler = scheduler("UniPCMultistepScheduler", "solver_order=3");
    Tensor x = Tensor.of(new float[] {0.1f, -0.7f, 0.4f, 0.9f}, 1, 2, 2, 1);
    Scheduler.Run one = scheduler.begin(6);
    Scheduler.Run other = scheduler.begin(6);
    Tensor a = x;
    Tensor b = x;
    for (float t : one.timesteps()) {
      a = one.step(a.mul(0.3f), t, a, SchedulerOptionsTest::noNoise).sample();
      b = other.step(b.mul(0.3f), t, b, SchedulerOptionsTest::noNoise).sample();
    }
    assertArrayEquals(a.toArray(), b.toArray());
  }

  @Test
  void learnedVariancesNeedTwiceTheChannels() {
    Scheduler.Run run = scheduler("DDPMScheduler", "variance_type=learned_range").begin(2);
    Tensor x = Tensor.zeros(1, 2, 2, 3);
    refused("twice the channels", () -> run.step(x, 500, x, () -> x));
  }

  @Test
  void etaIsAnArgument() {
    DdimScheduler ddim =
        assertInstanceOf(DdimScheduler.class, scheduler("DDIMScheduler", "zeta=1"));
    assertEquals(List.of("zeta"), ddim.withEta(1).unknownOptions());
    refused("eta must be at least 0", () -> ddim.withEta(-1));
    refused("eta must be at least 0", () -> ddim.withEta(Double.NaN));
  }

  /** A sample that is not a number spoils all of its own bound, as in torch.quantile. */
  @Test
  void notANumberIsNotHidden() {
    Map<String, Object> options = new HashMap<>(Map.of("thresholding", true));
    Clipping clipping = Clipping.thresholdingOr(new Clipping.None(), new Options(options));
    float[] x = clipping.apply(Tensor.of(new float[] {1, Float.NaN, 3, 0.5f}, 2, 2)).toArray();
    assertTrue(Float.isNaN(x[0]) && Float.isNaN(x[1]));
    assertEquals(1, x[2]);
  }
}
