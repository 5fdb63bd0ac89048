package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private static final ImageDataset DATA = new NumberedImages(9, 5, 7, 2, 3);
  private static final Augmentation BOTH = new Augmentation(3, 4, true);

  private static float[] batch(ImageDataset data, BatchSampler order, long step) {
    float[] values = new float[order.batchSize() * data.imageSize()];
    data.images(order.batch(step), (place, k) -> order.chance(step, place, k), values);
    return values;
  }

  @Property(tries = 200)
  void everyImageIsAWindowMirroredOrNot(@ForAll long seed, @ForAll @IntRange(max = 1000) int step) {
    ImageDataset data = BOTH.applyTo(DATA);
    BatchSampler order = new BatchSampler(9, 6, seed);
    float[] values = batch(data, order, step);
    int[] indices = order.batch(step);
    for (int n = 0; n < 6; n++) {
      // The image's number is known, and the first value of a pixel tells its place.
      int[] place = new int[3 * 4];
      for (int p = 0; p < place.length; p++) {
        int at = n * data.imageSize() + 2 * p;
        place[p] = (int) values[at] - 1000 * indices[n];
        assertEquals(place[p] + 1, (int) values[at + 1] - 1000 * indices[n], "channels in order");
      }
      int right = place[1] - place[0];
      assertEquals(2, Math.abs(right));
      int left = Math.min(place[0], place[3]) / 2;
      assertTrue(left / 7 <= 2 && left % 7 <= 3, "in range: " + left);
      for (int y = 0; y < 3; y++) {
        for (int x = 0; x < 4; x++) {
          assertEquals(place[0] + y * 14 + x * right, place[4 * y + x]);
        }
      }
    }
  }

  @Test
  void allWindowsAndBothDirectionsOccur() {
    ImageDataset data = BOTH.applyTo(DATA);
    BatchSampler order = new BatchSampler(9, 100, 3);
    Set<Integer> corners = new TreeSet<>();
    int mirrored = 0;
    for (int step = 0; step < 10; step++) {
      float[] values = batch(data, order, step);
      for (int n = 0; n < 100; n++) {
        int at = n * data.imageSize();
        boolean turned = values[at] > values[at + 2];
        mirrored += turned ? 1 : 0;
        corners.add((int) values[turned ? at + 6 : at] % 1000);
      }
    }
    assertEquals(3 * 4, corners.size());
    // 1000 tosses have a standard deviation of 16; four of them.
    assertEquals(500, mirrored, 64);
  }

  @Test
  void chanceIsThatOfSeedStepAndPlaceAlone() {
    ImageDataset data = BOTH.applyTo(DATA);
    BatchSampler walked = new BatchSampler(9, 6, 5);
    batch(data, walked, 0);
    batch(data, walked, 7);
    float[] resumed = batch(BOTH.applyTo(DATA), new BatchSampler(9, 6, 5), 3);
    assertArrayEquals(resumed, batch(data, walked, 3));
    assertFalse(Arrays.equals(resumed, batch(data, new BatchSampler(9, 6, 6), 3)));
    // An image comes again in the next epoch, and is another one then.
    BatchSampler epochs = new BatchSampler(9, 9, 5);
    Set<Float> firsts = new TreeSet<>();
    for (int step = 0; step < 10; step++) {
      float[] values = batch(data, epochs, step);
      int place = indexOf(epochs.batch(step), 4);
      firsts.add(values[place * data.imageSize()]);
    }
    assertTrue(firsts.size() > 1, firsts.toString());
  }

  private static int indexOf(int[] all, int wanted) {
    int i = 0;
    while (all[i] != wanted) {
      i++;
    }
    return i;
  }

  @Property(tries = 200)
  void mirroredTwiceIsTheSame(
      @ForAll @IntRange(min = 1, max = 9) int width, @ForAll @IntRange(min = 1, max = 4) int c) {
    float[] row = new float[3 + width * c];
    for (int k = 0; k < row.length; k++) {
      row[k] = k;
    }
    float[] once = row.clone();
    AugmentedImages.mirror(once, 3, width, c);
    assertEquals(width == 1, Arrays.equals(row, once));
    assertEquals(row[row.length - c], once[3], "the last pixel is the first");
    AugmentedImages.mirror(once, 3, width, c);
    assertArrayEquals(row, once);
  }

  @Test
  void nothingAskedForIsNothingDone() {
    assertSame(DATA, Augmentation.NONE.applyTo(DATA));
    assertSame(DATA, Augmentation.NONE.centred(DATA));
    assertSame(DATA, new Augmentation(0, 0, true).centred(DATA));
    BatchSampler order = new BatchSampler(9, 6, 1);
    float[] plain = new float[6 * DATA.imageSize()];
    DATA.images(order.batch(0), plain);
    assertArrayEquals(plain, batch(DATA, order, 0));
  }

  @Test
  void whatIsMeasuredWithIsTheMiddle() {
    for (ImageDataset data : new ImageDataset[] {BOTH.applyTo(DATA), BOTH.centred(DATA)}) {
      assertEquals(3, data.height());
      assertEquals(4, data.width());
      assertEquals(DATA.label(4), data.label(4));
      float[] image = new float[data.imageSize() + 1];
      data.image(4, image, 1);
      assertEquals(4000 + (1 * 7 + 1) * 2, image[1]);
      assertEquals(4000 + (3 * 7 + 4) * 2 + 1, image[data.imageSize()]);
      assertThrows(IndexOutOfBoundsException.class, () -> data.image(4, image, 2));
    }
    BatchSampler order = new BatchSampler(9, 6, 1);
    ImageDataset centred = BOTH.centred(DATA);
    assertArrayEquals(batch(centred, order, 0), batch(centred, new BatchSampler(9, 6, 1), 0));
    assertEquals(1000 * order.batch(0)[0] + 16, batch(centred, order, 0)[0]);
  }

  @Test
  void fingerprintsNameWhatIsDone() {
    String plain = DATA.fingerprint();
    String cropped = new Augmentation(3, 4, false).applyTo(DATA).fingerprint();
    assertNotEquals(plain, cropped);
    assertNotEquals(cropped, BOTH.applyTo(DATA).fingerprint());
    assertNotEquals(cropped, BOTH.centred(DATA).fingerprint());
    assertEquals(cropped, new Augmentation(3, 4, false).applyTo(DATA).fingerprint());
  }

  @Test
  void refusesWindowsThatDoNotFit() {
    assertThrows(IllegalArgumentException.class, () -> new Augmentation(3, 0, false));
    assertThrows(IllegalArgumentException.class, () -> new Augmentation(-1, -1, false));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new Augmentation(6, 4, false).applyTo(DATA));
    assertTrue(e.getMessage().contains("a crop of 6x4 does not fit into images of 5x7"));
  }
}
