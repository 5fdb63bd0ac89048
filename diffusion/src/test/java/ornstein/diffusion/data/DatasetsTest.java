package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static ornstein.diffusion.data.SampleFiles.gzip;
import static ornstein.diffusion.data.SampleFiles.ramp;
import static ornstein.diffusion.data.SampleFiles.refused;
import static ornstein.diffusion.data.SampleFiles.write;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.engine.Shape;
import ornstein.engine.io.FormatException;

class DatasetsTest {
  @TempDir private Path folder;

  @Test
  void refusesWhatIsNoDataSet() throws IOException {
    Path missing = folder.resolve("missing.npz");
    NoSuchFileException e =
        assertThrows(NoSuchFileException.class, () -> SampleFiles.open(missing));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("missing.npz: no such file or folder"), message);
    refused(write(folder.resolve("empty.csv"), new byte[0]), "empty");
    refused(write(folder.resolve("noise"), new byte[] {1, 2, 3, (byte) 0xfe}), "IDX", "folder");
    refused(write(folder.resolve("noise.gz"), gzip(new byte[] {1, 2, 3})), "no kind");
    refused(write(folder.resolve("short.bin"), new byte[] {1, 2, 3}), "CIFAR-10");
    refused(write(folder.resolve("broken.gz"), new byte[] {0x1f, (byte) 0x8b, 1}), "gzip");
    Path image = folder.resolve("one.png");
    Images.of(Shape.of(1, 1, 1, 1), new byte[1]).savePng(image, 0);
    refused(image, "is one image", "give the folder");
  }

  @Test
  void conversionFollowsTheReferenceInFloat32() throws IOException {
    Path file = folder.resolve("all.npz");
    Images.of(Shape.of(1, 16, 16, 1), ramp(0, 256)).saveNpz(file);
    float[] values = new float[300];
    ImageDataset data = SampleFiles.open(file);
    data.image(0, values, 20);
    for (int v = 0; v < 256; v++) {
      assertEquals(v / 127.5f - 1f, values[20 + v]);
    }
    assertEquals(-1f, values[20]);
    assertEquals(1f, values[275]);
    assertEquals(0f, values[19]);
    assertEquals(0f, values[276]);
    assertThrows(IndexOutOfBoundsException.class, () -> data.image(0, values, 45));
    assertThrows(IndexOutOfBoundsException.class, () -> data.image(1, values, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> data.label(1));
  }

  @Test
  void imagesAreGatheredInOrder() throws IOException {
    ImageDataset digits = Datasets.digits();
    float[] pair = new float[128];
    digits.images(new int[] {5, 3}, pair);
    float[] one = new float[64];
    digits.image(3, one, 0);
    assertArrayEquals(one, java.util.Arrays.copyOfRange(pair, 64, 128));
    assertEquals(Shape.of(8, 8, 1), digits.imageShape());
  }

  @Test
  void aDecompressionBombEndsAtTheLimit() throws IOException {
    byte[] bomb = gzip(new byte[10_000_000]);
    try (ByteSource source =
        ByteSource.open("bomb.gz", new ByteArrayInputStream(bomb), 1_000_000)) {
      FormatException e =
          assertThrows(FormatException.class, () -> source.read(2_000_000, "pixels"));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains("bomb.gz") && message.contains("1000000 bytes"), message);
    }
  }

  @Test
  void aSetThatCannotFitInMemoryIsRefused() {
    PixelBudget budget = new PixelBudget(Path.of("huge"));
    FormatException e =
        assertThrows(FormatException.class, () -> budget.take(PixelBudget.LIMIT + 1));
    assertTrue(String.valueOf(e.getMessage()).contains("-Xmx"));
  }

  @Test
  void optionsCheckTheirValues() {
    DatasetOptions options = DatasetOptions.defaults();
    assertThrows(IllegalArgumentException.class, () -> options.withSize(-1, -1));
    assertThrows(IllegalArgumentException.class, () -> options.withSize(8, 0));
    assertThrows(IllegalArgumentException.class, () -> options.withSize(60_000, 60_000));
    assertThrows(IllegalArgumentException.class, () -> options.withChannels(5));
    assertThrows(IllegalArgumentException.class, () -> options.withMaxValue(256));
    assertThrows(IllegalArgumentException.class, () -> options.withLimit(-1));
    assertThrows(IllegalArgumentException.class, () -> options.withBits(12));
    assertThrows(IllegalArgumentException.class, () -> options.withMaxBadFiles(-1));
    assertThrows(IllegalArgumentException.class, () -> options.withMemory(-1));
    assertEquals(
        new DatasetOptions(4, 6, 3, 16, 10, LabelChoice.NONE, 16, 5, Loading.STREAM, 1000),
        options
            .withSize(4, 6)
            .withChannels(3)
            .withMaxValue(16)
            .withLimit(10)
            .withLabels(LabelChoice.NONE)
            .withBits(16)
            .withMaxBadFiles(5)
            .withLoading(Loading.STREAM)
            .withMemory(1000));
  }
}
