package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.engine.Shape;

class FingerprintTest {
  @TempDir private Path folder;

  private String of(Shape shape, byte[] pixels, int... labels) throws IOException {
    Path file = folder.resolve("data.npz");
    Images.of(shape, pixels, labels).saveNpz(file);
    return SampleFiles.open(file).fingerprint();
  }

  @Test
  void anythingElseIsAnotherFingerprint() throws IOException {
    Shape shape = Shape.of(2, 2, 3, 1);
    byte[] pixels = SampleFiles.ramp(0, 12);
    byte[] other = pixels.clone();
    other[11]++;
    byte[] swapped = SampleFiles.ramp(6, 12);
    System.arraycopy(pixels, 0, swapped, 6, 6);
    Set<String> all = new HashSet<>();
    all.add(of(shape, pixels, 0, 1));
    all.add(of(shape, pixels, 1, 0));
    all.add(of(shape, pixels, 1, 1));
    all.add(of(shape, pixels, 0, 2));
    all.add(of(shape, pixels));
    all.add(of(shape, other, 0, 1));
    all.add(of(shape, swapped, 0, 1));
    all.add(of(Shape.of(2, 3, 2, 1), pixels, 0, 1));
    all.add(of(Shape.of(1, 2, 3, 2), pixels, 0));
    assertEquals(9, all.size());
    assertEquals(of(shape, pixels, 0, 1), of(shape, pixels, 0, 1));
  }

  @Test
  void theDigitsArePinned() throws IOException {
    // So that a later version resumes the runs of this one.
    assertEquals(
        "5c7905725636daa0fc66626587fe4174acd4546f99389871b5deec1e71ec1f97",
        Datasets.digits().fingerprint());
  }

  @Test
  void aSubsetIsWhatItHolds() throws IOException {
    ImageDataset digits = Datasets.digits();
    assertEquals(digits.first(5).fingerprint(), digits.subset(0, 1, 2, 3, 4).fingerprint());
    assertArrayEquals(digits.digest(7), digits.subset(3, 7).digest(1));
    assertEquals(digits.label(7), digits.subset(3, 7).label(1));
    assertEquals(digits.size(), digits.first(1_000_000).size());
    assertThrows(IllegalArgumentException.class, () -> digits.first(0));
    assertThrows(IllegalArgumentException.class, digits::subset);
    assertThrows(IndexOutOfBoundsException.class, () -> digits.subset(digits.size()));
    assertThrows(IndexOutOfBoundsException.class, () -> digits.first(3).label(3));
  }
}
