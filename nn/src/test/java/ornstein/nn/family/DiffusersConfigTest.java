package ornstein.nn.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetStyle;

class DiffusersConfigTest {

  /** Members of google/ddpm-cifar10-32's unet/config.json. */
  private static Map<String, Object> ddpm() {
    Map<String, Object> m = new HashMap<>();
    m.put("_class_name", "UNet2DModel");
    m.put("act_fn", "silu");
    m.put("attention_head_dim", null);
    m.put("block_out_channels", List.of(128, 256, 256, 256));
    m.put("center_input_sample", false);
    m.put(
        "down_block_types",
        List.of("DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"));
    m.put("downsample_padding", 0);
    m.put("flip_sin_to_cos", false);
    m.put("freq_shift", 1);
    m.put("layers_per_block", 2);
    m.put("mid_block_scale_factor", 1);
    m.put("norm_eps", 1e-6);
    m.put("norm_num_groups", 32);
    m.put("sample_size", 32);
    m.put("time_embedding_type", "positional");
    m.put("up_block_types", List.of("UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"));
    return m;
  }

  @Test
  void thePublishedNetworkIsDdpms() {
    UNetConfig expected =
        UNetConfig.builder()
            .channelMult(1, 2, 2, 2)
            .attentionResolutions(2)
            .numHeads(1)
            .useScaleShiftNorm(false)
            .style(UNetStyle.DDPM)
            .build();
    assertEquals(expected, DiffusersConfig.read(ddpm()));
    // The checkpoint's size, by its model card 35.7 million.
    assertEquals(35_746_307, expected.parameterCount());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "act_fn | gelu | 'act_fn' is 'gelu', which is not known; silu, swish are",
        "mid_block_scale_factor | 2 | 'mid_block_scale_factor' must be 1",
        "class_embed_type | timestep | 'class_embed_type' must be null",
        "layers_per_block | two | 'layers_per_block' must be a whole number, not two",
        "block_out_channels | 5 | 'block_out_channels' must be a list, not 5",
        "resnet_time_scale_shift | ada | 'resnet_time_scale_shift' is 'ada'",
        "center_input_sample | yes | 'center_input_sample' must be true or false, not yes"
      })
  void whatIsNotBuiltIsRefusedByName(String member, String value, String message) {
    Map<String, Object> m = ddpm();
    m.put(member, value.matches("[0-9]+") ? (Object) Integer.valueOf(value) : value);
    String error =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> DiffusersConfig.read(m))
                .getMessage());
    assertTrue(error.startsWith("unet/config.json: " + message), error);
  }

  @Test
  void unknownAndMixedBlocksAreRefused() {
    Map<String, Object> m = ddpm();
    m.put(
        "down_block_types",
        Arrays.asList("SkipDownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"));
    assertTrue(error(m).contains("has the block SkipDownBlock2D, which is not known"));
    m.put(
        "down_block_types",
        Arrays.asList("ResnetDownsampleBlock2D", "DownBlock2D", "DownBlock2D", "DownBlock2D"));
    assertTrue(error(m).contains("mixes blocks"));
    m.put("down_block_types", List.of("DownBlock2D"));
    assertTrue(error(m).contains("needs as many blocks"));
  }

  private static String error(Map<String, Object> m) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> DiffusersConfig.read(m)).getMessage());
  }
}
