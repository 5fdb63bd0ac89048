package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;

/**
 * Judges the 100 digits of a whole demo run, which is too long for every build: {@code mvn test -pl
 * cli -am -Dtest=DemoSamplesTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dornstein.demo.folder=/path/of/demo}. Continuous integration does so.
 */
@EnabledIfSystemProperty(
    named = "ornstein.demo.folder",
    matches = ".+",
    disabledReason = "names no folder of a demo run")
class DemoSamplesTest {
  /** Levels of the digits' scans; samples are rounded to them before they are called copies. */
  private static final int LEVELS = 16;

  private final Map<String, NpyArray> samples;
  private final ImageDataset digits = Datasets.digits();

  DemoSamplesTest() throws IOException {
    samples = Npz.read(Path.of(System.getProperty("ornstein.demo.folder"), "samples.npz"));
  }

  @Test
  void nearestNeighboursHaveTheRequestedLabelAndFewAreCopies() throws IOException {
    byte[] pixels = samples.get("arr_0").bytes();
    long[] labels = samples.get("arr_1").longs();
    assertEquals(100, labels.length);
    byte[] scans = Images.of(digits, IntStream.range(0, digits.size()).toArray()).pixels();
    int right = 0;
    int copies = 0;
    for (int i = 0; i < labels.length; i++) {
      int nearest = nearest(pixels, i, scans);
      right += digits.label(nearest) == labels[i] ? 1 : 0;
      copies += equal(pixels, i, scans, nearest) ? 1 : 0;
    }
    System.out.println("1-nearest-neighbour agrees on " + right + " of 100, copies " + copies);
    assertTrue(right >= 80, "1-nearest-neighbour agrees on " + right);
    assertTrue(copies <= 5, "copies of training images: " + copies);
  }

  private int nearest(byte[] pixels, int sample, byte[] scans) {
    int best = -1;
    long least = Long.MAX_VALUE;
    for (int j = 0; j < digits.size(); j++) {
      long distance = 0;
      for (int p = 0; p < 64; p++) {
        int d = (pixels[sample * 64 + p] & 0xff) - (scans[j * 64 + p] & 0xff);
        distance += (long) d * d;
      }
      if (distance < least) {
        least = distance;
        best = j;
      }
    }
    return best;
  }

  private static boolean equal(byte[] pixels, int sample, byte[] scans, int scan) {
    for (int p = 0; p < 64; p++) {
      if (level(pixels[sample * 64 + p]) != level(scans[scan * 64 + p])) {
        return false;
      }
    }
    return true;
  }

  private static long level(byte pixel) {
    return Math.round((pixel & 0xff) / 255.0 * LEVELS);
  }
}
