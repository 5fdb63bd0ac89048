package ornstein.diffusion.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.data.DatasetOptions;
import ornstein.diffusion.data.DatasetSplit;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;
import ornstein.engine.Shape;

/** On the built-in digits, of which no two are equal. */
class MemorisationTest {
  private final ImageDataset digits = digits();

  @TempDir Path folder;

  private static ImageDataset digits() {
    try {
      return Datasets.digits();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ImageDataset part(int from, int to) {
    return digits.subset(IntStream.range(from, to).toArray());
  }

  @Test
  void neighboursAreThoseOfTheFeaturesInPixels() {
    Images samples = Images.of(part(0, 40), IntStream.range(0, 40).toArray());
    ImageDataset data = part(40, 700); // more than a batch
    List<Integer> progress = new ArrayList<>();
    List<NearestNeighbours> found = PixelNeighbours.nearest(samples, data, n -> progress.add(n));
    FeatureExtractor pixels = FeatureExtractor.pixels();
    Images all = Images.of(data, IntStream.range(0, data.size()).toArray());
    NearestNeighbours[] expected =
        NearestNeighbours.of(pixels.of(samples).features(), pixels.of(all).features());
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i].nearest(), found.get(i).nearest());
      assertEquals(expected[i].distance() * 127.5, found.get(i).distance(), 1e-9);
      assertEquals(expected[i].ratio(), found.get(i).ratio(), 1e-12);
    }
    assertEquals(List.of(256, 512, 660), progress);
  }

  @Test
  void theMeanDistanceLeavesTheImageItselfOut() {
    double[] found = PixelNeighbours.meanDistances(part(0, 300), new int[] {7, 299}, 3, n -> true);
    FeatureExtractor pixels = FeatureExtractor.pixels();
    Features all = pixels.of(Images.of(digits, IntStream.range(0, 300).toArray())).features();
    for (int k = 0; k < 2; k++) {
      int self = k == 0 ? 7 : 299;
      double expected =
          IntStream.range(0, 300)
              .filter(j -> j != self)
              .mapToDouble(j -> Math.sqrt(all.squaredDistance(self, all, j)) * 127.5)
              .sorted()
              .limit(3)
              .average()
              .orElseThrow();
      assertEquals(expected, found[k], 1e-9);
    }
  }

  @Test
  void copiesAreCountedAndOtherImagesAreNot() {
    byte[] pixels = Images.of(digits, 3, 50, 400).pixels();
    pixels[64 + 10] = (byte) (pixels[64 + 10] + 3); // nearly a copy
    Memorisation found =
        Memorisation.of(
            Images.of(Shape.of(3, 8, 8, 1), pixels), part(0, 300), part(300, 500), n -> true);
    assertEquals(List.of(true, true, false), found.copied());
    assertEquals(2, found.copies());
    assertEquals(3, found.nearest().get(0).nearest());
    assertEquals(50, found.nearest().get(1).nearest());
    assertEquals(3, found.nearest().get(1).distance());
    assertTrue(found.meanRatio() > 0 && found.meanRatio() < 0.5, "" + found.meanRatio());
  }

  @Test
  void whatTheModelNeverSawIsAsFarFromBothParts() {
    // By chance, for the digits are in the order of their writers.
    DatasetSplit first = DatasetSplit.of(digits, 597, 1);
    DatasetSplit second = DatasetSplit.of(first.training(), 400, 2);
    Images unseen = Images.of(first.validation(), IntStream.range(0, 597).toArray());
    Memorisation.HeldOut fair =
        Memorisation.of(unseen, second.training(), second.validation(), n -> true).heldOut();
    assertEquals(400, fair.of());
    assertTrue(fair.copies() < 0.15 * fair.of(), "by chance " + fair.copies() + " of 400");
    assertEquals(1, fair.ratio(), 0.05);
  }

  @Test
  void whatRepeatsIsNearZeroThoughFarMoreWasTrainedOnThanHeldOut() {
    Images trained = Images.of(digits, IntStream.range(0, 100).map(i -> 16 * i).toArray());
    Memorisation.HeldOut copied =
        Memorisation.of(trained, part(0, 1600), part(1600, 1620), n -> true).heldOut();
    assertEquals(0, copied.ratio());
    assertEquals(20, copied.of());
  }

  @Test
  void heldOutImagesAsSamplesAreAsFarAsThemselves() {
    ImageDataset held = part(300, 340);
    Images samples = Images.of(held, IntStream.range(0, 40).toArray());
    assertEquals(1, Memorisation.of(samples, part(0, 300), held, n -> true).heldOut().ratio());
    // Held-out images that were trained on say nothing.
    Memorisation.HeldOut none =
        Memorisation.of(samples, part(0, 300), part(0, 50), n -> true).heldOut();
    assertEquals(Double.NaN, none.ratio());
    assertEquals(40, none.copies());
  }

  @Test
  void aCopyOfAnImageThatOccursTwiceIsACopy() {
    ImageDataset twice = digits.subset(new int[] {5, 9, 5, 20});
    NearestNeighbours found =
        PixelNeighbours.nearest(Images.of(digits, 5), twice, n -> true).get(0);
    assertEquals(new NearestNeighbours(0, 0, 0, 0), found);
    Features data = Features.of(new double[] {1, 4, 1}, 1);
    assertEquals(found, NearestNeighbours.of(Features.of(new double[] {1}, 1), data)[0]);
  }

  /** Values on a line: 50 neighbours at a mean distance of (49 · 40 + 90) / 50 = 41. */
  @Test
  void copiesAreNearerThanHalfTheMeanDistanceOfFiftyNeighbours() throws IOException {
    byte[] line = new byte[52];
    Arrays.fill(line, (byte) 140);
    line[0] = 100;
    line[50] = (byte) 190;
    line[51] = (byte) 255; // the 51st, which does not count
    Path file = folder.resolve("line.npz");
    Images.of(Shape.of(52, 1, 1, 1), line).saveNpz(file);
    Images samples = Images.of(Shape.of(2, 1, 1, 1), new byte[] {80, 79}); // 20 and 21 of 20.5
    try (ImageDataset training = Datasets.open(file, DatasetOptions.defaults())) {
      Memorisation found = Memorisation.of(samples, training, null, n -> true);
      assertEquals(List.of(true, false), found.copied());
    }
  }

  @Test
  void theSearchCanBeEndedAndRefusesOtherSizes() {
    Images samples = Images.of(digits, 0, 1);
    List<Integer> progress = new ArrayList<>();
    assertThrows(
        CancellationException.class,
        () ->
            Memorisation.of(
                samples, part(0, 300), null, n -> progress.add(n) && progress.size() < 2));
    assertEquals(2, progress.size());
    Images others = Images.of(Shape.of(1, 4, 4, 1), new byte[16]);
    assertThrows(
        IllegalArgumentException.class,
        () -> PixelNeighbours.nearest(others, part(0, 3), n -> true));
    assertThrows(
        IllegalArgumentException.class,
        () -> PixelNeighbours.nearest(samples, part(0, 1), n -> true));
  }

  @Test
  void progressGoesToTheEnd() {
    Images samples = Images.of(digits, 0, 1);
    List<Integer> progress = new ArrayList<>();
    Memorisation.of(samples, part(2, 300), part(300, 400), progress::add);
    assertEquals(1000, progress.get(progress.size() - 1));
    for (int i = 1; i < progress.size(); i++) {
      assertTrue(progress.get(i) > progress.get(i - 1), progress.toString());
    }
  }
}
