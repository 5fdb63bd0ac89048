package ornstein.diffusion.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.NoisyClassifier;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.process.ForwardProcess;
import ornstein.diffusion.process.Guidance;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.nn.unet.UNetConfig;

class ClassifierTrainerTest {
  private static final UNetConfig NETWORK =
      UNetConfig.builder()
          .channels(1, 10)
          .modelChannels(16)
          .numResBlocks(1)
          .channelMult(1, 2)
          .numHeads(2)
          .groups(8)
          .build();
  private static final DiffusionConfig NOISE =
      DiffusionConfig.defaults(8, 8, List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"))
          .withSchedule("cosine", 100);

  private static ClassifierTrainer trainer(int steps) throws IOException {
    TrainingConfig config =
        TrainingConfig.builder()
            .learningRate(3e-3, 20, Annealing.CONSTANT)
            .emaDecays(0.95)
            .limits(steps, Duration.ZERO)
            .build();
    return new ClassifierTrainer(NETWORK, NOISE, Datasets.digits(), config);
  }

  @Test
  void itTellsDigitsApartAndKnowsThatNoiseSaysNothing(@TempDir Path folder) throws IOException {
    ClassifierTrainer trainer = trainer(250);
    trainer.run(p -> {});
    assertEquals(250, trainer.steps());
    NoisyClassifier classifier = trainer.model();
    assertTrue(rightOf200(classifier, 1) > 180, "right: " + rightOf200(classifier, 1));
    assertTrue(rightOf200(classifier, 100) < 60, "right: " + rightOf200(classifier, 100));
    Path file = folder.resolve("classifier.safetensors");
    trainer.save(classifier, file);
    Tensor x = Rng.of(1).normal(Shape.of(3, 8, 8, 1));
    Tensor time = Tensor.zeros(3);
    assertArrayEquals(
        classifier.logProbabilities(x, time).toArray(),
        NoisyClassifier.load(file).logProbabilities(x, time).toArray());
  }

  /** How many digits are recognised at a step of the chain; 20 would be chance. */
  private static int rightOf200(NoisyClassifier classifier, int step) throws IOException {
    ImageDataset digits = Datasets.digits();
    int n = 200;
    float[] pixels = new float[n * 64];
    int[] index = new int[n];
    float[] steps = new float[n];
    for (int i = 0; i < n; i++) {
      index[i] = 7 * i;
      steps[i] = step;
    }
    digits.images(index, pixels);
    ForwardProcess forward = NOISE.process((x, t, y) -> x).forward();
    Tensor start = Tensor.of(pixels, n, 8, 8, 1);
    Tensor x = forward.sample(start, Tensor.of(steps), Rng.of(5).normal(start.shape()));
    Tensor time = NOISE.process((a, t, y) -> a).modelTime(Tensor.of(steps));
    float[] log = classifier.logProbabilities(x, time).toArray();
    int right = 0;
    for (int i = 0; i < n; i++) {
      int best = 0;
      double total = 0;
      for (int k = 0; k < 10; k++) {
        best = log[i * 10 + k] > log[i * 10 + best] ? k : best;
        total += Math.exp(log[i * 10 + k]);
      }
      assertEquals(1, total, 1e-5);
      right += best == digits.label(index[i]) ? 1 : 0;
    }
    return right;
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    NoisyClassifier classifier = trainer(1).model();
    assertThrows(
        IllegalArgumentException.class, () -> classifier.guidance(1, Guidance.Form.SCORE, 10));
    assertThrows(
        IllegalArgumentException.class,
        () -> classifier.guidance(Double.NaN, Guidance.Form.SCORE, null));
    assertThrows(
        IllegalArgumentException.class,
        () -> NoisyClassifier.of(classifier.model(), NOISE.withClassNames(List.of("a"))));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            NoisyClassifier.of(
                classifier.model(), DiffusionConfig.defaults(4, 4, NOISE.classNames())));
  }
}
