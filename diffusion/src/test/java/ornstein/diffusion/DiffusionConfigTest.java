package ornstein.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.diffusion.process.Parameterization;

class DiffusionConfigTest {
  private final DiffusionConfig config =
      DiffusionConfig.defaults(8, 6, List.of("cat", "dog, big", ""))
          .withSchedule("linear", 100)
          .withParameterization(Parameterization.V);

  @Test
  void metadataRoundTrip() {
    assertEquals(config, DiffusionConfig.fromMetadata(config.toMetadata()));
    DiffusionConfig none = DiffusionConfig.defaults(8, 6, List.of());
    assertEquals(none, DiffusionConfig.fromMetadata(none.toMetadata()));
  }

  @Test
  void missingKeysAreNamed() {
    for (String key : config.toMetadata().keySet()) {
      Map<String, String> m = new LinkedHashMap<>(config.toMetadata());
      m.remove(key);
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> DiffusionConfig.fromMetadata(m));
      assertTrue(e.getMessage().contains("'" + key + "'"), e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "schedule, spiral",
    "steps, many",
    "steps, 0",
    "parameterization, guess",
    "variance, none",
    "rescale_timesteps, perhaps",
    "height, 0",
    "width, -1"
  })
  void wrongValuesAreRefused(String key, String value) {
    Map<String, String> m = new LinkedHashMap<>(config.toMetadata());
    m.put("diffusion." + key, value);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> DiffusionConfig.fromMetadata(m));
    assertTrue(e.getMessage().contains(value), e.getMessage());
  }
}
