package ornstein.nn.unet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.io.SafeTensors;
import ornstein.nn.Parameter;
import ornstein.nn.StateDict;

/**
 * Forward and backward passes against the original implementation under PyTorch, with random
 * weights in every layer; both sides compute in float32.
 */
class UNetFixturesTest {
  /** Largest error, as a fraction of the largest value. */
  private static final double TOLERANCE = 1e-4;

  /** What is below this fraction of the largest gradient is zero but for rounding. */
  private static final double ROUNDING = 1e-6;

  @Test
  void scaleShiftWithFourHeads() throws IOException {
    UNetConfig config =
        UNetConfig.builder()
            .channels(3, 6)
            .modelChannels(32)
            .numResBlocks(1)
            .channelMult(1, 1)
            .attentionResolutions(2)
            .numHeads(4)
            .build();
    check("unet_a", config, 10);
  }

  @Test
  void additiveConditioningOnClasses() throws IOException {
    UNetConfig config =
        UNetConfig.builder()
            .channels(1)
            .modelChannels(32)
            .numResBlocks(1)
            .channelMult(1, 2)
            .attentionResolutions(2)
            .numHeads(1)
            .useScaleShiftNorm(false)
            .numClasses(10)
            .build();
    check("unet_b", config, 11);
  }

  private static void check(String name, UNetConfig config, int vanishing) throws IOException {
    SafeTensors file = open(name);
    StateDict weights = new StateDict();
    for (String tensor : file.names()) {
      if (tensor.startsWith("weights.")) {
        String parameter = tensor.substring("weights.".length());
        weights.put(parameter, file.shape(tensor), file.floats(tensor));
      }
    }
    UNet model = UNet.of(config, weights);
    Tensor x = image(file, "io.x").requiresGrad();
    Tensor t = Tensor.of(file.shape("io.t"), file.floats("io.t"));
    @Nullable Tensor y =
        file.contains("io.y") ? Tensor.of(file.shape("io.y"), file.floats("io.y")) : null;

    Tensor out = model.forward(x, t, y);
    Tensor expected = image(file, "io.out");
    assertEquals(expected.shape(), out.shape());
    close(name + " output", expected.toArray(), out.toArray());

    Gradients gradients = out.backward(image(file, "io.cotangent"));
    close(name + " gradient of x", image(file, "io.grad_x").toArray(), gradients.get(x).toArray());
    checkParameterGradients(name, file, model, gradients, vanishing);
  }

  /**
   * Biases (and additive conditioning) before a normalisation of single channels have no effect:
   * there both gradients must vanish against the network's largest, everywhere else agree.
   */
  private static void checkParameterGradients(
      String name, SafeTensors file, UNet model, Gradients gradients, int vanishing)
      throws IOException {
    double networkLargest = 0;
    for (String parameter : model.namedParameters().keySet()) {
      networkLargest = Math.max(networkLargest, largest(file.floats("grads." + parameter)));
    }
    int vanished = 0;
    for (Map.Entry<String, Parameter> e : model.namedParameters().entrySet()) {
      Parameter p = e.getValue();
      float[] actual = p.toCheckpoint(gradients.get(p.value()).toArray());
      float[] expected = file.floats("grads." + e.getKey());
      String what = name + " gradient of " + e.getKey();
      if (largest(expected) <= ROUNDING * networkLargest) {
        assertTrue(largest(actual) <= ROUNDING * networkLargest, what);
        vanished++;
      } else {
        close(what, expected, actual);
      }
    }
    assertEquals(vanishing, vanished, "parameters without effect");
  }

  private static void close(String what, float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, what);
    double allowed = TOLERANCE * largest(expected);
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs((double) expected[i] - actual[i]);
      assertTrue(error <= allowed, what + ", element " + i + ": error " + error);
    }
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  private static Tensor image(SafeTensors file, String name) throws IOException {
    Shape nchw = file.shape(name);
    return Tensor.of(nchw, file.floats(name)).permute(0, 2, 3, 1);
  }

  private static SafeTensors open(String name) throws IOException {
    String resource = "/ornstein/nn/" + name + ".safetensors";
    try (InputStream in = UNetFixturesTest.class.getResourceAsStream(resource)) {
      return SafeTensors.parse(Objects.requireNonNull(in, resource).readAllBytes(), resource);
    }
  }
}
