package ornstein.diffusion.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.NoisyClassifier;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.process.Guidance;
import ornstein.diffusion.train.Annealing;
import ornstein.diffusion.train.ClassifierTrainer;
import ornstein.diffusion.train.TrainingConfig;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.nn.unet.EncoderUNet;
import ornstein.nn.unet.UNetConfig;

class ClassifierFeaturesTest {
  private static final UNetConfig NETWORK =
      UNetConfig.builder()
          .channels(1, 10)
          .modelChannels(16)
          .numResBlocks(1)
          .channelMult(1, 2)
          .numHeads(2)
          .groups(8)
          .build();

  @TempDir Path folder;

  /** Trained on the first 1500 digits. */
  private Path trained() throws IOException {
    TrainingConfig config =
        TrainingConfig.builder()
            .learningRate(3e-3, 20, Annealing.CONSTANT)
            .emaDecays(0.95)
            .limits(120, Duration.ZERO)
            .build();
    ClassifierTrainer trainer =
        ClassifierTrainer.ofClean(NETWORK, Datasets.digits().first(1500), config);
    trainer.run(p -> {});
    Path file = folder.resolve("clean.safetensors");
    trainer.save(trainer.model(), file);
    return file;
  }

  @Test
  void aClassifierOfCleanImagesMeasuresSamples() throws IOException {
    Path file = trained();
    NoisyClassifier classifier = NoisyClassifier.load(file);
    assertFalse(classifier.noisy());
    assertThrows(
        IllegalArgumentException.class, () -> classifier.guidance(1, Guidance.Form.SCORE, 3));
    ClassifierFeatures extractor = ClassifierFeatures.load(file);
    assertEquals(64, extractor.digest().length());
    assertTrue(extractor.description().contains("clean.safetensors"), extractor.description());

    ImageDataset digits = Datasets.digits();
    Images unseen = Images.of(digits, IntStream.range(1500, 1797).toArray());
    FeatureExtractor.Extraction real = extractor.of(unseen);
    Features probabilities = real.probabilities();
    assertNotNull(probabilities);
    assertEquals(32, real.features().dimensions());
    int right = 0;
    for (int i = 0; i < unseen.count(); i++) {
      int best = 0;
      for (int k = 1; k < 10; k++) {
        best = probabilities.at(i, k) > probabilities.at(i, best) ? k : best;
      }
      right += best == unseen.labels()[i] ? 1 : 0;
    }
    assertTrue(right > 0.85 * unseen.count(), right + " of " + unseen.count() + " are right");

    Features seen = extractor.of(Images.of(digits, IntStream.range(0, 300).toArray())).features();
    float[] noise = Rng.of(1).normal(Shape.of(297, 8, 8, 1)).toArray();
    FeatureExtractor.Extraction bad = extractor.of(Images.fromUnit(Shape.of(297, 8, 8, 1), noise));
    double near = FrechetDistance.between(real.features(), seen);
    double far = FrechetDistance.between(bad.features(), seen);
    assertTrue(10 * near < far, near + " for digits, " + far + " for noise");
    double score = InceptionScore.of(probabilities);
    assertTrue(score > 6 && score <= 10, "inception score " + score);
    assertTrue(InceptionScore.of(bad.probabilities()) < score);
  }

  /** The features are what the last linear map turns into the logits of the whole network. */
  @Test
  void featuresAreThoseBeforeTheLastMap() throws IOException {
    EncoderUNet network = new EncoderUNet(NETWORK, 8, 8, Rng.of(3));
    DiffusionConfig config = DiffusionConfig.defaults(8, 8, Datasets.digits().classNames());
    Path clean = folder.resolve("clean.safetensors");
    Path noisy = folder.resolve("noisy.safetensors");
    NoisyClassifier.ofClean(network, config).save(clean);
    NoisyClassifier.of(network, config).save(noisy);
    assertTrue(NoisyClassifier.load(noisy).noisy());
    assertTrue(ClassifierFeatures.load(noisy).description().contains("of noisy images, at time 0"));
    assertNotEquals(
        ClassifierFeatures.load(clean).digest(), ClassifierFeatures.load(noisy).digest());

    Images images = Images.of(Datasets.digits(), 0, 1, 2);
    FeatureExtractor.Extraction found = ClassifierFeatures.load(clean).of(images);
    float[] pixels = new float[3 * 64];
    Datasets.digits().images(new int[] {0, 1, 2}, pixels);
    float[] rounded = new float[pixels.length];
    for (int i = 0; i < rounded.length; i++) { // to the 8 bits that images have
      rounded[i] = Math.round((pixels[i] + 1f) * 127.5f) / 127.5f - 1;
    }
    Tensor x = Tensor.of(rounded, 3, 8, 8, 1);
    float[] log = NoisyClassifier.load(clean).logProbabilities(x, Tensor.zeros(3)).toArray();
    float[] weight = network.namedParameters().get("out.2.c_proj.weight").value().toArray();
    float[] bias = network.namedParameters().get("out.2.c_proj.bias").value().toArray();
    for (int i = 0; i < 3; i++) {
      double[] logits = new double[10];
      double sum = 0;
      for (int k = 0; k < 10; k++) {
        logits[k] = bias[k];
        for (int d = 0; d < 32; d++) {
          logits[k] += weight[d * 10 + k] * found.features().at(i, d);
        }
        sum += Math.exp(logits[k]);
      }
      for (int k = 0; k < 10; k++) {
        assertEquals(logits[k] - Math.log(sum), log[i * 10 + k], 1e-5);
        assertEquals(Math.exp(log[i * 10 + k]), found.probabilities().at(i, k), 1e-6);
      }
    }
  }

  @Test
  void imagesOfAnotherSizeOrOtherChannelsAreRefused() throws IOException {
    EncoderUNet network = new EncoderUNet(NETWORK, 8, 8, Rng.of(3));
    Path file = folder.resolve("c.safetensors");
    NoisyClassifier.ofClean(network, DiffusionConfig.defaults(8, 8, Datasets.digits().classNames()))
        .save(file);
    ClassifierFeatures extractor = ClassifierFeatures.load(file);
    for (Shape shape : new Shape[] {Shape.of(1, 8, 8, 3), Shape.of(1, 16, 8, 1)}) {
      Images others = Images.of(shape, new byte[shape.size()]);
      String message =
          assertThrows(IllegalArgumentException.class, () -> extractor.of(others)).getMessage();
      assertTrue(message.contains("c.safetensors"), message);
      assertTrue(message.contains("takes images of 8x8 with 1 channels"), message);
    }
  }
}
