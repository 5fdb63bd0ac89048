package ornstein.nn.unet;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import ornstein.engine.ShapeException;
import ornstein.nn.layer.TimeInput;

class UNetConfigTest {
  private static String error(UNetConfigBuilder builder) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, builder::build).getMessage());
  }

  private static UNetConfigBuilder small() {
    return UNetConfig.builder().modelChannels(32).channelMult(1, 2, 2);
  }

  @Test
  void defaultsAreImprovedDdpms() {
    UNetConfig c = UNetConfig.improvedDdpm(64).build();
    assertEquals(List.of(1, 2, 3, 4), c.channelMult());
    assertEquals(List.of(4, 8), c.attentionResolutions());
    assertEquals(128, c.modelChannels());
    assertEquals(2, c.numResBlocks());
    assertEquals(4, c.numHeads());
    assertEquals(4, c.numHeadsUpsample());
    assertEquals(0f, c.dropout());
    assertEquals(32, c.groups());
    assertEquals(8, c.sizeMultiple());
    assertEquals(
        "improved DDPM has defaults for image sizes 32, 64 and 256, not 48",
        assertThrows(IllegalArgumentException.class, () -> UNetConfig.improvedDdpm(48))
            .getMessage());
  }

  @Test
  void optionsThatDoNotFitAreNamedWithARemedy() {
    assertEquals(
        "groups = 32 does not divide the 48 channels of level 0; choose model_channels as a"
            + " multiple of 32, or groups as a divisor of 48",
        error(small().modelChannels(48)));
    assertEquals(
        "num_heads = 3 does not divide the 64 channels of level 2; choose model_channels as a"
            + " multiple of 3, or num_heads as a divisor of 64",
        error(small().numHeads(3)));
    assertEquals(
        "num_heads_upsample = 5 does not divide the 64 channels of level 1; choose model_channels"
            + " as a multiple of 5, or num_heads_upsample as a divisor of 64",
        error(small().attentionResolutions(2).numHeadsUpsample(5)));
    assertEquals(
        "attention_resolutions has 8, which is the downsampling of none of the 3 levels; powers of"
            + " two from 1 to 4 are",
        error(small().attentionResolutions(8)));
    assertEquals("dropout must be in [0, 1), got 1.0", error(small().dropout(1f)));
    assertEquals(
        "number of levels in channel_mult must be from 1 to 16, got 0",
        error(small().channelMult()));
    assertEquals("channel_mult must be from 1 to 2048, got 0", error(small().channelMult(1, 0)));
    assertEquals("num_res_blocks must be from 1 to 1000, got 0", error(small().numResBlocks(0)));
    assertEquals(
        "model_channels must be from 2 to 65536, got 1000000",
        error(small().modelChannels(1_000_000)));
    assertEquals("num_classes must be from 0 to 16777216, got -1", error(small().numClasses(-1)));
  }

  @Test
  void imageSizesMustBeDividedByTheLevels() {
    UNetConfig c = small().build();
    assertDoesNotThrow(() -> c.requireSize(4, 28));
    assertEquals(
        "a network of 3 levels takes images whose height and width are multiples of 4, such as"
            + " 32x20, not 30x21",
        assertThrows(ShapeException.class, () -> c.requireSize(30, 21)).getMessage());
    assertThrows(ShapeException.class, () -> c.requireSize(0, 4));
  }

  @Test
  void metadataBringsEveryOptionBack() {
    UNetConfig c =
        UNetConfig.builder()
            .channels(2, 5)
            .modelChannels(24)
            .numResBlocks(3)
            .attentionResolutions(1, 2)
            .dropout(0.1f)
            .channelMult(1, 3)
            .convResample(false)
            .numClasses(7)
            .numHeads(4)
            .numHeadsUpsample(2)
            .useScaleShiftNorm(false)
            .groups(8)
            .style(
                new UNetStyle(
                    new TimeInput(false, 1, 500),
                    48,
                    1e-6f,
                    true,
                    12,
                    true,
                    true,
                    true,
                    List.of(1),
                    UNetStyle.Middle.PLAIN_ATTENTION))
            .build();
    SequencedMap<String, String> m = c.toMetadata();
    m.put("schedule", "cosine");
    assertEquals(c, UNetConfig.fromMetadata(m));
    assertEquals(c, c.toBuilder().build());
    UNetConfig plain = small().build();
    assertEquals(plain, UNetConfig.fromMetadata(plain.toMetadata()));
  }

  private static String metadataError(Map<String, String> metadata) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> UNetConfig.fromMetadata(metadata))
            .getMessage());
  }

  @Test
  void metadataErrorsNameTheKey() {
    SequencedMap<String, String> m = small().build().toMetadata();
    m.put("unet.model_channels", "many");
    assertEquals(
        "the metadata's 'unet.model_channels' must be an integer, not 'many'", metadataError(m));
    m.put("unet.model_channels", "32");
    m.put("unet.conv_resample", "yes");
    assertEquals(
        "the metadata's 'unet.conv_resample' must be true or false, not 'yes'", metadataError(m));
    m.put("unet.conv_resample", "true");
    m.put("unet.channel_mult", "1,,2");
    assertEquals(
        "the metadata's 'unet.channel_mult' must be integers separated by commas, not '1,,2'",
        metadataError(m));
    m.put("unet.channel_mult", "1,2");
    m.put("unet.learned_positions", "true");
    assertEquals(
        "the metadata has options that this version does not know: unet.learned_positions",
        metadataError(m));
    m.remove("unet.learned_positions");
    m.remove("unet.groups");
    assertEquals("the metadata has no 'unet.groups'", metadataError(m));
  }
}
