package ornstein.diffusion.guidance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.GaussianMixture;
import ornstein.diffusion.process.Guidance;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.Prediction;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.DdpmSampler;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.diffusion.solver.DpmSolverPlusPlus;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;

/** Rows 17, 19 and 20: on a mixture, whose classifier and class-conditional scores are exact. */
class GuidanceTest {
  private static final BetaSchedule CHAIN = BetaSchedule.linear(1000);
  private static final GaussianMixture DATA =
      new GaussianMixture(Tensor.of(new float[] {-1, 0, 0.8f, 0.5f, 0.2f, -1}, 3, 2), 0.05, CHAIN);
  private static final Tensor X = Rng.of(3).normal(Shape.of(16, 2));
  private static final Tensor CLASS = GaussianMixture.labels(16, 1);

  /** A network that was never told a class. */
  private static Denoiser unconditional(Parameterization head) {
    Denoiser network = DATA.network(head);
    return (x, time, labels) -> network.predict(x, time, null);
  }

  private static GradientGuidance classifier(double weight, Guidance.Form form) {
    return GradientGuidance.ofNoisy(DATA::logProbability, weight, form);
  }

  private static Tensor step(int t) {
    return Tensor.full(Shape.of(16), t);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 200, 500, 900})
  void theScoreIsThatOfTheMixture(int t) {
    ReverseProcess p = DATA.process(Parameterization.SCORE);
    float[] score = p.output(X, step(t), null).value().toArray();
    float[] x = X.toArray();
    for (int i = 0; i < 16; i++) {
      for (int d = 0; d < 2; d++) {
        double exact = DATA.score(t, new float[] {x[2 * i], x[2 * i + 1]}, d);
        assertEquals(exact, score[2 * i + d], 2e-4 * (1 + Math.abs(exact)));
      }
    }
    // −ε/√(1−ᾱ) by another way: the network that predicts the noise.
    float[] noise =
        DATA.process(Parameterization.EPSILON).output(X, step(t), null).value().toArray();
    double deviation = Math.sqrt(DATA.schedule().noiseVariance(t));
    for (int i = 0; i < score.length; i++) {
      assertEquals(-noise[i] / deviation, score[i], 1e-4 * (1 + Math.abs(score[i])));
    }
  }

  /** Row 19: Bayes' rule. */
  @ParameterizedTest
  @EnumSource(names = {"EPSILON", "START_X", "V", "SCORE", "FLOW"})
  void theExactClassifierMakesTheConditionalNetwork(Parameterization head) {
    ReverseProcess guided =
        DATA.process(unconditional(head), head).with(classifier(1, Guidance.Form.SCORE));
    ReverseProcess conditional = DATA.process(head);
    for (int t : new int[] {50, 300, 700}) {
      float[] expected = conditional.predictStart(X, step(t), CLASS).toArray();
      float[] actual = guided.predictStart(X, step(t), CLASS).toArray();
      // x̂₀ divides by √ᾱ, from 0.97 to 0.08, and a gradient of 1e-6 counts (1−ᾱ)/√ᾱ times.
      assertArrayEquals(expected, actual, (float) (1e-5 / DATA.schedule().alpha(t)));
    }
  }

  @Test
  void theContinuousViewIsGuidedAlike() {
    ReverseProcess guided =
        DATA.process(unconditional(Parameterization.V), Parameterization.V)
            .with(classifier(1, Guidance.Form.SCORE));
    Prediction expected =
        new ContinuousProcess(DATA.process(Parameterization.V)).predict(X, 312.4, CLASS);
    Prediction actual = new ContinuousProcess(guided).predict(X, 312.4, CLASS);
    assertArrayEquals(expected.start().toArray(), actual.start().toArray(), 1e-4f);
    assertArrayEquals(expected.noise().toArray(), actual.noise().toArray(), 1e-4f);
  }

  /** The two forms differ by β/√α against β̃ as the factor on the gradient: of higher order. */
  @Test
  void theFormsAgreeToFirstOrder() {
    double coarse = difference(100);
    double fine = difference(1000);
    assertTrue(fine < 0.15 * coarse, coarse + " → " + fine);
  }

  /** Of the shift of the mean by guidance, relative, at the middle of a chain. */
  private static double difference(int steps) {
    GaussianMixture data =
        new GaussianMixture(
            Tensor.of(new float[] {-1, 0, 0.8f, 0.5f}, 2, 2), 0.05, BetaSchedule.linear(steps));
    Denoiser network = data.network(Parameterization.EPSILON);
    ReverseProcess p =
        data.process((x, time, labels) -> network.predict(x, time, null), Parameterization.EPSILON);
    Tensor step = step(steps / 2);
    Tensor plain = p.moments(X, step, CLASS).mean();
    double score = 0;
    double mean = 0;
    for (Guidance.Form form : Guidance.Form.values()) {
      Tensor guided =
          p.with(GradientGuidance.ofNoisy(data::logProbability, 1, form))
              .moments(X, step, CLASS)
              .mean();
      double shift = 0;
      for (float v : guided.sub(plain).toArray()) {
        shift += Math.abs(v);
      }
      if (form == Guidance.Form.SCORE) {
        score = shift;
      } else {
        mean = shift;
      }
    }
    return Math.abs(score - mean) / score;
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddim", "ddpm", "ddpm-mean", "dpm++2m"})
  void guidedSamplesAreOfTheirClass(String name) {
    Guidance.Form form = name.endsWith("mean") ? Guidance.Form.MEAN : Guidance.Form.SCORE;
    Sampler sampler =
        switch (name) {
          case "ddim" -> new DdimSampler(0);
          case "dpm++2m" -> DpmSolverPlusPlus.multistep();
          default -> new DdpmSampler();
        };
    ReverseProcess p =
        DATA.process(unconditional(Parameterization.EPSILON), Parameterization.EPSILON)
            .respaced(TimestepSpacing.linspace(100))
            .with(classifier(1, form));
    Tensor x = NoiseSource.of(1).draw(0, Shape.of(200, 2));
    float[] samples =
        sampler.sample(p, x, GaussianMixture.labels(200, 2), NoiseSource.of(1)).toArray();
    double mx = 0;
    double my = 0;
    for (int i = 0; i < 200; i++) {
      // Its deviation is 0.22; the other classes are over 1.4 away.
      assertTrue(Math.hypot(samples[2 * i] - 0.2, samples[2 * i + 1] + 1) < 1.1, "sample " + i);
      mx += samples[2 * i] / 200;
      my += samples[2 * i + 1] / 200;
    }
    assertEquals(0.2, mx, 7 * Math.sqrt(0.05 / 200));
    assertEquals(-1, my, 7 * Math.sqrt(0.05 / 200));
  }

  /**
   * A target y with the log-likelihood −(x̂₀ − y)²/2s² shifts Gaussian data to the known posterior.
   */
  @Test
  void aFunctionOfThePredictionPullsTowardsItsTarget() {
    GaussianMixture one =
        new GaussianMixture(Tensor.of(new float[] {0.2f, -0.1f}, 1, 2), 0.3, CHAIN);
    Tensor target = Tensor.of(new float[] {1, 1}, 1, 2);
    double s2 = 0.5;
    GradientGuidance pull =
        GradientGuidance.ofPrediction(
            (images, time, labels) -> images.sub(target).square().sum(1).mul((float) (-0.5 / s2)),
            1,
            Guidance.Form.SCORE);
    ReverseProcess p = one.process(Parameterization.EPSILON);
    int t = 200;
    float[] plain = p.predictStart(X, step(t), null).toArray();
    float[] guided = p.with(pull).predictStart(X, step(t), null).toArray();
    // ∂x̂₀/∂x = Var[x₀|x_t] √ᾱ/(1−ᾱ), so that x̂₀ moves by Var[x₀|x_t] (y − x̂₀)/s².
    double bar = one.schedule().alphaBar(t);
    double uncertainty = 0.3 * (1 - bar) / (bar * 0.3 + 1 - bar);
    for (int i = 0; i < plain.length; i++) {
      assertEquals(plain[i] + uncertainty * (1 - plain[i]) / s2, guided[i], 1e-4);
    }
  }

  /** Row 20: w = 0, w = −1, the other convention, and the implicit classifier. */
  @Test
  void classifierFreeGuidanceIsGuidanceByTheImplicitClassifier() {
    Denoiser network = DATA.network(Parameterization.EPSILON);
    Tensor time = Tensor.full(Shape.of(16), 299);
    Tensor conditional = network.predict(X, time, CLASS);
    Tensor unconditional = network.predict(X, time, null);
    assertArrayEquals(
        conditional.toArray(), guided(ClassifierFreeGuidance.ofWeight(network, 0, 3), time), 0f);
    assertArrayEquals(
        unconditional.toArray(),
        guided(ClassifierFreeGuidance.ofWeight(network, -1, 3), time),
        1e-6f);
    assertArrayEquals(
        guided(ClassifierFreeGuidance.ofWeight(network, 1.5, 3), time),
        guided(ClassifierFreeGuidance.ofScale(network, 2.5, 3), time),
        0f);
    ReverseProcess classifierFree =
        DATA.process(ClassifierFreeGuidance.ofWeight(network, 1.5, 3), Parameterization.EPSILON);
    ReverseProcess classifier =
        DATA.process(unconditional(Parameterization.EPSILON), Parameterization.EPSILON)
            .with(classifier(2.5, Guidance.Form.SCORE));
    assertArrayEquals(
        classifier.predictStart(X, step(300), CLASS).toArray(),
        classifierFree.predictStart(X, step(300), CLASS).toArray(),
        1e-4f);
  }

  private static float[] guided(ClassifierFreeGuidance guidance, Tensor time) {
    return guidance.predict(X, time, CLASS).toArray();
  }

  @Test
  void rescalingRestoresTheConditionalDeviation() {
    Tensor wide = Rng.of(5).normal(Shape.of(2, 4, 4, 3));
    Denoiser network =
        (x, time, labels) -> x.mul(labels == null ? Tensor.scalar(1) : labels.reshape(4, 1, 1, 1));
    Tensor labels = Tensor.of(new float[] {2, 3});
    Tensor time = Tensor.zeros(2);
    Tensor conditional = wide.mul(labels.reshape(2, 1, 1, 1));
    float[] full =
        ClassifierFreeGuidance.ofWeight(network, 2, 1)
            .rescaled(1)
            .predict(wide, time, labels)
            .toArray();
    // All outputs are multiples of x here: with equal deviations they are equal.
    assertArrayEquals(conditional.toArray(), full, 1e-4f);
    float[] none =
        ClassifierFreeGuidance.ofWeight(network, 2, 1).predict(wide, time, labels).toArray();
    assertNotEquals(full[0], none[0]);
  }

  @Test
  void aLearnedVarianceIsTheConditionalOne() {
    Denoiser network =
        (x, time, labels) ->
            Tensor.concat(
                1,
                List.of(
                    x, x.mul(0f).add(labels == null ? Tensor.scalar(0) : labels.reshape(-1, 1))));
    Tensor out = ClassifierFreeGuidance.ofWeight(network, 3, 3).predict(X, Tensor.zeros(16), CLASS);
    for (float v : out.slice(1, 2, 4).toArray()) {
      assertEquals(1, v);
    }
  }

  /** Recorded steps give the bits of the code itself. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void recordedGuidanceHasTheSameBits(boolean ofPrediction) {
    LogLikelihood near = (x, time, labels) -> x.add(-0.5f).square().sum(1).mul(-2f);
    GradientGuidance pull =
        ofPrediction
            ? GradientGuidance.ofPrediction(near, 0.7, Guidance.Form.SCORE)
            : GradientGuidance.ofNoisy(near, 0.7, Guidance.Form.SCORE);
    Tensor weight = Tensor.of(new float[] {0.4f, -0.2f, 0.1f, 0.6f}, 2, 2).requiresGrad();
    Denoiser network = (x, time, labels) -> x.matmul(weight);
    Tensor x = NoiseSource.of(1).draw(0, Shape.of(5, 2));
    for (Sampler sampler : List.of(new DdimSampler(0.5), DpmSolverPlusPlus.multistep())) {
      float[] eager =
          sampler.sample(process(network).with(pull), x, null, NoiseSource.of(2)).toArray();
      float[] recorded =
          sampler
              .sample(process(Denoiser.recordable(network)).with(pull), x, null, NoiseSource.of(2))
              .toArray();
      assertArrayEquals(eager, recorded);
      float[] free = sampler.sample(process(network), x, null, NoiseSource.of(2)).toArray();
      assertFalse(Arrays.equals(free, eager));
    }
  }

  private static ReverseProcess process(Denoiser network) {
    return new ReverseProcess(
        GaussianDiffusion.of(BetaSchedule.cosine(10)),
        network,
        Parameterization.EPSILON,
        VarianceModel.FIXED_SMALL,
        Thresholding.none());
  }

  @Test
  void whatCannotBeIsRefused() {
    LogLikelihood sum = (x, time, labels) -> x.sum(1);
    assertThrows(
        IllegalArgumentException.class,
        () -> GradientGuidance.ofNoisy(sum, Double.NaN, Guidance.Form.SCORE));
    Denoiser network = DATA.network(Parameterization.V);
    assertThrows(
        IllegalArgumentException.class,
        () -> ClassifierFreeGuidance.ofWeight(network, Double.POSITIVE_INFINITY, 3));
    assertThrows(
        IllegalArgumentException.class,
        () -> ClassifierFreeGuidance.ofWeight(network, 1, 3).rescaled(1.5));
    assertThrows(
        IllegalArgumentException.class,
        () -> ClassifierFreeGuidance.ofWeight(network, 1, 3).predict(X, Tensor.zeros(16), null));
    ReverseProcess mean =
        DATA.process(Parameterization.V).with(GradientGuidance.ofNoisy(sum, 1, Guidance.Form.MEAN));
    assertThrows(IllegalArgumentException.class, () -> new ContinuousProcess(mean));
    assertThrows(IllegalStateException.class, () -> mean.predictStart(X, step(5), null));
    ReverseProcess scalar =
        DATA.process(Parameterization.V)
            .with(GradientGuidance.ofNoisy((x, t, y) -> x.sum(), 1, Guidance.Form.SCORE));
    assertThrows(ShapeException.class, () -> scalar.predictStart(X, step(5), null));
    GaussianMixture endless =
        new GaussianMixture(Tensor.zeros(1, 2), 1, BetaSchedule.named("straight", 20));
    assertThrows(IllegalArgumentException.class, () -> endless.process(Parameterization.EPSILON));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            endless
                .process(Parameterization.V)
                .with(GradientGuidance.ofNoisy(sum, 1, Guidance.Form.SCORE)));
  }
}
