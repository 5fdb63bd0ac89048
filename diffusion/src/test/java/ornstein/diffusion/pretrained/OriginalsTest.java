package ornstein.diffusion.pretrained;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Functional;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.io.SafeTensors;
import ornstein.nn.StateDict;
import ornstein.nn.family.DdimConfig;
import ornstein.nn.family.DiffusersConfig;
import ornstein.nn.family.Family;
import ornstein.nn.family.OpenAiConfig;
import ornstein.nn.keras.KerasUNet;
import ornstein.nn.keras.KerasUNetConfig;
import ornstein.nn.layer.TimeInput;
import ornstein.nn.unet.EncoderUNet;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetConfigBuilder;
import ornstein.nn.unet.UNetStyle;

/**
 * Outputs of the original implementations under PyTorch 1.13, on weights that are patterns of their
 * names: the script beside the files made them.
 */
class OriginalsTest {
  /** Both sides compute in float32. */
  private static final double TOLERANCE = 1e-5;

  /**
   * Ten applications, each on what the one before left: the originals' own samples change by 1e-4
   * when the noise they begin with changes by 1e-6.
   */
  private static final double LOOP_TOLERANCE = 5e-4;

  /**
   * A comparison.
   *
   * @param file the reference file's name
   * @param low side of the small image for super-resolution, 0 for none
   */
  record Case(String file, Family family, UNetConfig config, List<Float> labels, int low) {
    @Override
    public String toString() {
      return file;
    }
  }

  private static Case of(String file, Family family, UNetConfigBuilder config, Float... labels) {
    return new Case(file, family, config.build(), List.of(labels), 0);
  }

  private static UNetConfigBuilder small() {
    return UNetConfig.builder()
        .channels(3)
        .modelChannels(32)
        .numResBlocks(1)
        .channelMult(1, 2)
        .attentionResolutions(2);
  }

  private static UNetConfigBuilder guided() {
    return small().channels(3, 6);
  }

  private static UNetConfigBuilder ddim() {
    return small().numHeads(1).useScaleShiftNorm(false).style(UNetStyle.DDPM);
  }

  private static UNetConfigBuilder diffusers(UNetStyle style) {
    return small().useScaleShiftNorm(false).style(style);
  }

  private static UNetStyle style(int headChannels, boolean updown, UNetStyle.Middle middle) {
    return new UNetStyle(
        TimeInput.IMPROVED_DDPM, 0, 1e-5f, true, headChannels, updown, updown, false, null, middle);
  }

  static Stream<Case> cases() {
    UNetStyle improved = UNetStyle.IMPROVED_DDPM;
    UNetStyle usual = style(8, false, UNetStyle.Middle.ATTENTION);
    return Stream.of(
        of("id_heads_up", Family.OPENAI, small().numHeads(2).numHeadsUpsample(4)),
        of("id_no_conv_resample", Family.OPENAI, guided().numHeads(2).convResample(false)),
        of(
            "id_classes",
            Family.OPENAI,
            small()
                .numHeads(2)
                .channelMult(1, 1, 2)
                .numResBlocks(2)
                .useScaleShiftNorm(false)
                .numClasses(7),
            6f,
            2f),
        new Case(
            "id_super_res",
            Family.OPENAI,
            small().channels(6, 3).numHeads(2).build(),
            List.of(),
            8),
        of(
            "gd_new_order",
            Family.OPENAI,
            guided().numHeads(2).style(improved.withGuidedDiffusion(true, 0, false))),
        of(
            "gd_head_channels",
            Family.OPENAI,
            guided()
                .channelMult(1, 1, 2)
                .attentionResolutions(2, 4)
                .style(improved.withGuidedDiffusion(false, 16, false))),
        of(
            "gd_updown",
            Family.OPENAI,
            guided().numClasses(5).style(improved.withGuidedDiffusion(false, 0, true)),
            4f,
            0f),
        of(
            "gd_updown_additive",
            Family.OPENAI,
            guided().useScaleShiftNorm(false).style(improved.withGuidedDiffusion(false, 32, true))),
        of(
            "gd_fraction",
            Family.OPENAI,
            guided()
                .style(
                    new UNetStyle(
                        TimeInput.IMPROVED_DDPM,
                        64,
                        1e-5f,
                        false,
                        0,
                        false,
                        false,
                        false,
                        null,
                        UNetStyle.Middle.ATTENTION))),
        new Case(
            "gd_super_res",
            Family.OPENAI,
            small().channels(6, 6).style(improved.withGuidedDiffusion(false, 0, true)).build(),
            List.of(),
            4),
        of("ddim_plain", Family.DDIM, ddim()),
        of(
            "ddim_deep",
            Family.DDIM,
            ddim().channelMult(1, 1, 2).numResBlocks(2).attentionResolutions(2, 4)),
        of(
            "ddim_no_conv",
            Family.DDIM,
            ddim().channelMult(1, 1).attentionResolutions(1).convResample(false)),
        of("hf_ddpm", Family.DIFFUSERS, ddim()),
        of(
            "hf_training_example",
            Family.DIFFUSERS,
            diffusers(usual).channelMult(1, 1, 2).numResBlocks(2).attentionResolutions(4)),
        of(
            "hf_classes_scale_shift",
            Family.DIFFUSERS,
            diffusers(style(16, false, UNetStyle.Middle.PLAIN_ATTENTION))
                .useScaleShiftNorm(true)
                .numClasses(5),
            3f,
            1f),
        of(
            "hf_resnet_resampling",
            Family.DIFFUSERS,
            diffusers(
                    new UNetStyle(
                        TimeInput.IMPROVED_DDPM,
                        0,
                        1e-5f,
                        true,
                        8,
                        true,
                        false,
                        false,
                        List.of(),
                        UNetStyle.Middle.NOTHING))
                .attentionResolutions(1)),
        of(
            "hf_uneven",
            Family.DIFFUSERS,
            diffusers(usual.withTime(TimeInput.learned(1000))).channelMult(1, 3).groups(16)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theOutputIsTheOriginals(Case c) throws IOException {
    SafeTensors file = open(c.file());
    Shape nchw = file.shape("out");
    Tensor x = image("x", Shape.of(nchw.dim(0), 3, nchw.dim(2), nchw.dim(3)));
    if (c.low() > 0) {
      Tensor low = image("low", Shape.of(nchw.dim(0), 3, c.low(), c.low()));
      Tensor large = Functional.resizeBilinear(low, nchw.dim(2), nchw.dim(3));
      x = Tensor.concat(3, List.of(x, large));
    }
    Tensor time = Tensor.of(new float[] {3, c.family() == Family.OPENAI ? 700.25f : 701});
    close(file.floats("out"), model(c).forward(x, time, labels(c)), TOLERANCE);
  }

  static Stream<Case> sampledCases() {
    return cases().filter(c -> c.low() == 0);
  }

  /**
   * Ten deterministic steps of DDIM, as each project makes them, with a quarter of the output:
   * random networks of full gain make chaos of a rounding.
   */
  @ParameterizedTest
  @MethodSource("sampledCases")
  void tenStepsAreTheOriginals(Case c) throws IOException {
    SafeTensors file = open(c.file());
    UNet model = model(c);
    boolean openAi = c.family() == Family.OPENAI;
    boolean learned = c.config().outChannels() == 6;
    DiffusionConfig diffusion =
        new DiffusionConfig(
            openAi ? "linear" : "linear_fixed+float32",
            1000,
            Parameterization.EPSILON,
            learned ? VarianceModel.LEARNED_RANGE : VarianceModel.FIXED_LARGE,
            openAi,
            16,
            16,
            List.of());
    ReverseProcess process =
        diffusion
            .process((x, t, y) -> model.forward(x, t, y).mul(0.25f))
            .respaced(TimestepSpacing.parse("ddim10"))
            .with(c.family() == Family.DDIM ? Thresholding.none() : Thresholding.clip());
    DdimSampler usual = new DdimSampler(0);
    DdimSampler sampler = c.family() == Family.DIFFUSERS ? usual.keepingNoise() : usual;
    Tensor x = image("noise", file.shape("loop"));
    Tensor samples = sampler.sample(process, x, labels(c), NoiseSource.of(0));
    close(file.floats("loop"), samples, LOOP_TOLERANCE);
  }

  /** Logits and the gradient that guidance needs. */
  @Test
  void theClassifierIsTheOriginal() throws IOException {
    UNetConfig config =
        UNetConfig.builder()
            .channels(3, 5)
            .modelChannels(32)
            .numResBlocks(1)
            .channelMult(1, 2)
            .attentionResolutions(2)
            .numHeads(4)
            .build();
    EncoderUNet shapes = new EncoderUNet(config, 8, 8, Rng.of(0));
    EncoderUNet model = EncoderUNet.of(config, 8, 8, PatternWeights.of(shapes));
    Tensor x = image("x", Shape.of(2, 3, 8, 8)).requiresGrad();
    Tensor out = model.forward(x, Tensor.of(new float[] {0, 431.5f}));
    Tensor weights = Tensor.of(PatternWeights.pattern("c", 10), 2, 5);
    Tensor gradient = out.mul(weights).sum().backward().get(x);
    SafeTensors file = open("encoder_unet");
    assertArrayEquals(file.floats("out"), out.toArray(), 1e-5f);
    close(file.floats("grad_x"), gradient, TOLERANCE);
  }

  /** The designs of Keras-DDPM, as its scripts describe them. */
  @ParameterizedTest
  @CsvSource({
    "keras_additive, ADDITIVE, 32, 1 2, 2, 4",
    "keras_additive_skipping, ADDITIVE, 32, 1 2 2, 1, 8",
    "keras_additive_wide, ADDITIVE, 64, 1 1, 1, 4",
    "keras_concatenated, CONCATENATED, 32, 1 2, 1, 4",
    "keras_concatenated_deep, CONCATENATED, 32, 1 1 2, 2, 4",
    "keras_concatenated_wide, CONCATENATED, 64, 1 1, 1, 4"
  })
  void kerasNetworksAreTheOriginals(
      String file,
      KerasUNetConfig.Design design,
      int embedding,
      String multiples,
      int blocks,
      int minPixel)
      throws IOException {
    List<Integer> levels = Stream.of(multiples.split(" ")).map(Integer::valueOf).toList();
    KerasUNetConfig config =
        new KerasUNetConfig(design, 3, 16, 16, embedding, levels, blocks, minPixel, 1000);
    KerasUNet shapes = new KerasUNet(config, Rng.of(0));
    KerasUNet model = KerasUNet.of(config, PatternWeights.of(shapes));
    Tensor time = Tensor.of(new float[] {3, 701});
    Tensor out = model.forward(image("x", Shape.of(2, 3, 16, 16)), time);
    close(open(file).floats("out"), out, TOLERANCE);
    ReverseProcess process =
        DiffusionConfig.defaults(16, 16, List.of())
            .withSchedule("linear", 1000)
            .process((x, t, y) -> model.forward(x, t).mul(0.25f))
            .respaced(TimestepSpacing.parse("ddim10"))
            .with(Thresholding.none());
    Tensor noise = image("noise", Shape.of(2, 3, 16, 16));
    Tensor samples = new DdimSampler(0).sample(process, noise, null, NoiseSource.of(0));
    close(open(file).floats("loop"), samples, LOOP_TOLERANCE);
  }

  /** The patterns belong to the family's names. */
  private static UNet model(Case c) {
    StateDict theirs = PatternWeights.like(c.family().weights(UNet.zeros(c.config())));
    return c.family().load(c.config(), theirs);
  }

  private static @Nullable Tensor labels(Case c) {
    return c.labels().isEmpty()
        ? null
        : Tensor.of(new float[] {c.labels().get(0), c.labels().get(1)});
  }

  private static void close(float[] expected, Tensor nhwc, double tolerance) {
    float[] actual = nhwc.permute(0, 3, 1, 2).toArray();
    assertEquals(expected.length, actual.length);
    double largest = 0;
    for (float v : expected) {
      largest = Math.max(largest, Math.abs(v));
    }
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs((double) expected[i] - actual[i]);
      assertTrue(error <= tolerance * largest, "element " + i + ": error " + error / largest);
    }
  }

  /** There and back the weights have the same bits. */
  @ParameterizedTest
  @MethodSource("cases")
  void conversionLosesNothing(Case c) {
    StateDict theirs = PatternWeights.like(c.family().weights(UNet.zeros(c.config())));
    StateDict back = c.family().weights(c.family().load(c.config(), theirs));
    assertEquals(theirs.names(), back.names());
    for (String name : theirs.names()) {
      assertEquals(theirs.shape(name), back.shape(name));
      assertArrayEquals(theirs.values(name), back.values(name));
    }
    assertEquals(c.config().parameterCount(), theirs.size());
  }

  /** Shapes alone, with the heads, tell the configuration; so does diffusers' own file. */
  @ParameterizedTest
  @MethodSource("cases")
  void theConfigurationIsFoundAgain(Case c) {
    UNetConfig config = c.config();
    StateDict theirs = c.family().weights(UNet.zeros(config));
    if (c.family() == Family.OPENAI) {
      UNetStyle style = config.style();
      OpenAiConfig options =
          new OpenAiConfig(
              config.numHeads(),
              config.numHeadsUpsample(),
              style.numHeadChannels() == 0 ? -1 : style.numHeadChannels(),
              style.newAttentionOrder());
      assertEquals(config, options.of(theirs));
    } else if (c.family() == Family.DDIM) {
      assertEquals(config, DdimConfig.of(theirs));
    } else {
      Map<String, Object> json = DiffusersConfig.write(config, 16, 16);
      assertEquals(config, DiffusersConfig.read(json));
    }
  }

  @Test
  void familiesAreFoundByName() {
    for (Family f : Family.all()) {
      assertEquals(f, Family.named(f.toString()));
    }
  }

  private static Tensor image(String name, Shape nchw) {
    return Tensor.of(nchw, PatternWeights.pattern(name, nchw.size())).permute(0, 2, 3, 1);
  }

  private static SafeTensors open(String name) throws IOException {
    String resource = "/ornstein/diffusion/pretrained/" + name + ".safetensors";
    try (InputStream in = OriginalsTest.class.getResourceAsStream(resource)) {
      return SafeTensors.parse(Objects.requireNonNull(in, resource).readAllBytes(), resource);
    }
  }
}
