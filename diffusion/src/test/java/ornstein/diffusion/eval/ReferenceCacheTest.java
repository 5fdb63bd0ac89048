package ornstein.diffusion.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceCacheTest {
  private static final Features FEATURES =
      Features.of(new double[] {1, 2, 0.1, -1, 3, 1.0 / 3, 0, 0}, 2);
  private static final ReferenceCache.Key KEY = new ReferenceCache.Key("d1", "all", 4, "pixels");

  @TempDir Path folder;
  private final List<String> told = new ArrayList<>();
  private int computed;

  private ReferenceCache cache() {
    return ReferenceCache.in(folder.resolve("deep/cache"), told::add);
  }

  private Features features(ReferenceCache cache, ReferenceCache.Key key) {
    return cache.features(
        key,
        () -> {
          computed++;
          return FEATURES;
        });
  }

  private FeatureStatistics statistics(ReferenceCache cache, ReferenceCache.Key key) {
    return cache.statistics(
        key,
        () -> {
          computed++;
          return FeatureStatistics.of(FEATURES);
        });
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("deep/cache"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void theSecondTimeNothingIsComputedAndTheBitsAreTheSame() throws IOException {
    FeatureStatistics first = statistics(cache(), KEY);
    Features features = features(cache(), KEY);
    assertEquals(2, computed);
    FeatureStatistics again = statistics(cache(), KEY);
    assertArrayEquals(features.values(), features(cache(), KEY).values());
    assertEquals(2, computed);
    assertEquals(4, again.count());
    assertArrayEquals(first.mean(), again.mean());
    assertArrayEquals(first.covariance(), again.covariance());
    assertEquals(2, files().size());
    assertEquals(List.of(), told);
  }

  @Test
  void whateverDiffersIsComputedOnItsOwn() {
    features(cache(), KEY);
    features(cache(), new ReferenceCache.Key("d2", "all", 4, "pixels"));
    features(cache(), new ReferenceCache.Key("d1", "held-out", 4, "pixels"));
    features(cache(), new ReferenceCache.Key("d1", "all", 3, "pixels"));
    features(cache(), new ReferenceCache.Key("d1", "all", 4, "abc"));
    assertEquals(5, computed);
    assertEquals(List.of(), told);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 200, -1, -2})
  void aDamagedFileIsComputedAnewAndReplaced(int place) throws IOException {
    statistics(cache(), KEY);
    Path file = files().get(0);
    byte[] good = Files.readAllBytes(file);
    byte[] bad = good.clone();
    if (place == -2) {
      bad = new byte[0];
    } else {
      int at = place < 0 ? bad.length - 1 : place;
      bad[at] = (byte) (bad[at] ^ 1);
    }
    Files.write(file, bad);
    FeatureStatistics again = statistics(cache(), KEY);
    assertEquals(2, computed);
    assertArrayEquals(FeatureStatistics.of(FEATURES).covariance(), again.covariance());
    assertEquals(1, told.size());
    assertTrue(told.get(0).contains("damaged and computed anew: "), told.get(0));
    assertTrue(told.get(0).contains(file.toString()), told.get(0));
    assertArrayEquals(good, Files.readAllBytes(file));
  }

  @Test
  void aFileOfSomethingElseIsNotBelieved() throws IOException {
    statistics(cache(), KEY);
    Path first = files().get(0);
    statistics(cache(), new ReferenceCache.Key("d2", "all", 4, "pixels"));
    Path second = files().stream().filter(file -> !file.equals(first)).findFirst().orElseThrow();
    Files.copy(first, second, StandardCopyOption.REPLACE_EXISTING);
    statistics(cache(), new ReferenceCache.Key("d2", "all", 4, "pixels"));
    assertEquals(3, computed);
    assertTrue(told.get(0).contains("holds something else"), told.get(0));
  }

  @Test
  void aFolderThatCannotBeIsNoHindrance() throws IOException {
    Files.writeString(folder.resolve("deep"), "a file in the way");
    assertEquals(4, statistics(cache(), KEY).count());
    assertTrue(told.get(0).contains("not kept for next time"), told.get(0));
  }

  @Test
  void withoutACacheAllIsComputed() {
    features(ReferenceCache.none(), KEY);
    features(ReferenceCache.none(), KEY);
    assertEquals(2, computed);
  }
}
