package ornstein.diffusion.pretrained;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.VarianceModel;
import ornstein.engine.Rng;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;
import ornstein.engine.io.SafeTensorsWriter;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetStyle;

class DiffusersFolderTest {
  /** As many damaged folders as {@code -Dornstein.mutations} says, or those few. */
  private static final int MUTATIONS = Integer.getInteger("ornstein.mutations", 1_500);

  private static final UNetConfig NETWORK =
      UNetConfig.builder()
          .channels(1)
          .modelChannels(4)
          .numResBlocks(1)
          .channelMult(1, 2)
          .attentionResolutions(2)
          .numHeads(1)
          .useScaleShiftNorm(false)
          .groups(2)
          .style(UNetStyle.DDPM)
          .build();

  @TempDir Path folder;

  private Path unet;
  private Path scheduler;
  private Path weights;

  private static DiffusionConfig config(String schedule) {
    return new DiffusionConfig(
        schedule, 100, Parameterization.EPSILON, VarianceModel.FIXED_SMALL, false, 4, 4, List.of());
  }

  @BeforeEach
  void write() throws IOException {
    Pipeline model = Pipeline.of(new UNet(NETWORK, Rng.of(1)), config("linear_fixed+float32"));
    new DiffusersFolder(folder).write(model);
    unet = folder.resolve("unet").resolve("config.json");
    scheduler = folder.resolve("scheduler").resolve("scheduler_config.json");
    weights = unet.resolveSibling("diffusion_pytorch_model.safetensors");
  }

  @Test
  void aWrittenModelIsReadBack() throws IOException {
    Pipeline back = Pretrained.open(folder);
    assertEquals(NETWORK, back.model().config());
    assertEquals("linear_fixed:1.0E-4:0.02+float32", back.config().schedule());
    assertEquals(VarianceModel.FIXED_SMALL, back.config().variance());
    SampleRequest request = SampleRequest.of(2).steps(3);
    assertArrayEquals(
        back.sample(request).pixels(), Pretrained.open(folder).sample(request).pixels());
    assertTrue(Files.readString(folder.resolve("model_index.json")).contains("DDPMPipeline"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linear_fixed:0.001:0.01+float32",
        "scaled_linear:0.001:0.01+float32",
        "sigmoid_beta:0.001:0.01+float32",
        "cosine+float32"
      })
  void schedulesSurvive(String schedule) {
    DiffusionConfig config = config(schedule);
    assertEquals(config, DiffusersScheduler.read(DiffusersScheduler.write(config), 4, 4));
  }

  /** Attention's layers under the names that diffusers had before its version 0.15. */
  @Test
  void oldNamesOfAttentionAreKnown() throws IOException {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    try (SafeTensors file = SafeTensors.open(weights)) {
      for (String name : file.names()) {
        String old =
            name.replace(".to_q.", ".query.")
                .replace(".to_k.", ".key.")
                .replace(".to_v.", ".value.")
                .replace(".to_out.0.", ".proj_attn.");
        writer.f32(old, file.shape(name), file.floats(name));
      }
    }
    writer.write(weights);
    assertEquals(NETWORK, Pretrained.open(folder).model().config());
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Files.delete(scheduler);
    FormatException e = assertThrows(FormatException.class, () -> Pretrained.open(folder));
    assertTrue(
        String.valueOf(e.getMessage()).contains("it has no scheduler/scheduler_config.json"),
        e.getMessage());
  }

  /** Damage is either harmless or a format exception, in configurations and weights alike. */
  @Test
  void aDamagedFolderIsReadOrRefused() throws IOException {
    Random random = new Random(3);
    List<Path> files = new ArrayList<>(List.of(unet, scheduler, weights));
    int refused = 0;
    for (int n = 0; n < MUTATIONS; n++) {
      Path file = files.get(n % files.size());
      byte[] good = Files.readAllBytes(file);
      byte[] bad = good.clone();
      // Of the weights only the header, of which damage shows.
      int reach = Math.min(bad.length, 4000);
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        int at = random.nextInt(reach);
        bad[at] = random.nextBoolean() ? (byte) random.nextInt(256) : bad[random.nextInt(reach)];
      }
      Files.write(file, bad);
      long start = System.nanoTime();
      try {
        assertEquals(1, Pretrained.open(folder).model().config().inChannels());
      } catch (FormatException e) {
        refused++;
      }
      assertTrue(System.nanoTime() - start < 5e9, "far over a second, whatever else runs here");
      Files.write(file, good);
    }
    assertTrue(refused > MUTATIONS / 3, "the damage does reach the checks: " + refused);
    assertTrue(refused < MUTATIONS, "some damage is harmless");
  }
}
