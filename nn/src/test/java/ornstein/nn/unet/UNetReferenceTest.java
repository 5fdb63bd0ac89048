package ornstein.nn.unet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.nn.Parameter;

/** Names, shapes and outputs that the original implementation gave under PyTorch 1.13. */
class UNetReferenceTest {
  private static final UNetConfigBuilder SMALL =
      UNetConfig.builder().channels(1).modelChannels(32).channelMult(1, 2, 2);

  /** SHA-256 of a line "name [shape]" for each entry of the state dict, in order. */
  private static String digest(UNet model) {
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, Parameter> e : model.namedParameters().entrySet()) {
      lines.append(e.getKey()).append(' ').append(e.getValue().checkpointShape()).append('\n');
    }
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(sha.digest(lines.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static void check(UNetConfig config, long parameters, int entries, String digest) {
    assertEquals(parameters, config.parameterCount());
    UNet model = new UNet(config, Rng.of(1));
    assertEquals(parameters, model.parameterCount());
    assertEquals(entries, model.parameters().size());
    assertEquals(digest, digest(model));
  }

  @Test
  void cifarNetworkHasTheOriginalNamesAndShapes() {
    check(
        UNetConfig.improvedDdpm(32).channels(3, 6).numResBlocks(3).dropout(0.3f).build(),
        52_546_438,
        446,
        "d7fd205c0905f8dfbeac8a93370aabe5d14f6a44e7056321d1a97b3de698a3ed");
  }

  @Test
  void smallNetworksHaveTheOriginalNamesAndShapes() {
    check(
        SMALL.attentionResolutions(2, 4).build(),
        1_826_721,
        274,
        "c311589fa18b5ae149b31e73a53ed46ce9d39dbd48ea201f07972cc637552ad8");
    check(
        SMALL.attentionResolutions(4).build(),
        1_742_881,
        244,
        "7947c752371056f118df32036c8276638e63dab18b2771661f5c085599a9ac3c");
    check(
        SMALL.attentionResolutions(2, 4).useScaleShiftNorm(false).numClasses(10).build(),
        1_708_289,
        275,
        "834c1fe4b6cf2a6a21698ba61fe9716b25443e5d81b3fee4a0da4ad702e9087d");
  }

  @Test
  void largeNetworksHaveTheOriginalSize() {
    UNetConfig imageNet =
        UNetConfig.improvedDdpm(64).channels(3, 6).numResBlocks(3).numClasses(1000).build();
    assertEquals(121_575_942, imageNet.parameterCount());
    assertEquals(124_053_251, UNetConfig.improvedDdpm(256).build().parameterCount());
  }

  private static UNetConfig oddConfig() {
    return UNetConfig.builder()
        .channels(2, 4)
        .modelChannels(32)
        .numResBlocks(1)
        .channelMult(1, 2, 2)
        .attentionResolutions(2, 4)
        .convResample(false)
        .numHeads(4)
        .numHeadsUpsample(2)
        .useScaleShiftNorm(false)
        .numClasses(3)
        .build();
  }

  @Test
  void plainResamplingHasTheOriginalNamesAndShapes() {
    check(
        oddConfig(),
        1_044_612,
        177,
        "8b0c6a5addf0459ecd53a9541c43429ef416cf8034ec63a87db1abfdb4a4850f");
  }

  /** Weights and image come from a formula, so that only the result has to be stored. */
  @Test
  void plainResamplingAndOtherHeadsOnTheWayUp() {
    UNet model = new UNet(oddConfig(), Rng.of(1));
    int seed = 0;
    for (Map.Entry<String, Parameter> e : model.namedParameters().entrySet()) {
      Parameter p = e.getValue();
      boolean norm = p.shape().rank() == 1 && e.getKey().endsWith("weight");
      float[] values = formula(p.shape().size(), seed++);
      for (int i = 0; i < values.length; i++) {
        values[i] = (norm ? 1f : 0f) + 0.1f * values[i];
      }
      p.set(p.fromCheckpoint(values));
    }
    Tensor x = Tensor.of(formula(2 * 2 * 8 * 12, 1000), 2, 2, 8, 12).permute(0, 2, 3, 1);
    Tensor t = Tensor.of(new float[] {3f, 250.5f});
    Tensor labels = Tensor.of(new float[] {2f, 0f});
    Tensor out = Autograd.noGrad(() -> model.forward(x, t, labels));
    assertEquals(Shape.of(2, 8, 12, 4), out.shape());

    float[] y = out.toArray();
    double sum = 0;
    double largest = 0;
    for (float v : y) {
      sum += Math.abs(v);
      largest = Math.max(largest, Math.abs(v));
    }
    assertEquals(2.168994903564453, largest, 2.2e-4);
    assertEquals(318.1048583984375, sum, 318 * 1e-4);
    double[] every61st = {
      0.024127576500177383, -0.7789919972419739, 0.5282225012779236, 0.05020349845290184,
      -0.20911355316638947, 0.52640300989151, -0.2685082256793976, 0.17542336881160736,
      -0.27582064270973206, 0.35302093625068665, -0.8181516528129578, 0.1303526908159256,
      -0.03198370710015297
    };
    for (int i = 0; i < every61st.length; i++) {
      assertEquals(every61st[i], y[61 * i], 2.2e-4, "element " + 61 * i);
    }
  }

  private static float[] formula(int count, int seed) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (((i * 7919L + seed * 104_729L) % 2003) / 1001.0 - 1.0);
    }
    return values;
  }
}
