package ornstein.bench.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RatioRecordProperties {
  @Property(tries = 50)
  void fourDigitsAreReadBackAsTheyWere(
      @ForAll @IntRange(min = 1000, max = 9999) int digits,
      @ForAll @IntRange(min = -9, max = 3) int exponent)
      throws IOException {
    double ratio = Double.parseDouble(digits + "e" + exponent);
    Path file = Files.createTempFile("guard", ".csv");
    try {
      RatioRecord.empty().with("x", new LinkedHashMap<>(Map.of("a", ratio))).write(file);
      assertEquals(ratio, RatioRecord.read(file).ratios("x").get("a"));
    } finally {
      Files.delete(file);
    }
  }
}
