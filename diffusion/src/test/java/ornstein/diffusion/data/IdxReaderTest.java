package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static ornstein.diffusion.data.SampleFiles.gzip;
import static ornstein.diffusion.data.SampleFiles.idx;
import static ornstein.diffusion.data.SampleFiles.levels;
import static ornstein.diffusion.data.SampleFiles.open;
import static ornstein.diffusion.data.SampleFiles.ramp;
import static ornstein.diffusion.data.SampleFiles.refused;
import static ornstein.diffusion.data.SampleFiles.write;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdxReaderTest {
  private static final int IMAGES = 0x803;
  private static final int LABELS = 0x801;

  @TempDir private Path folder;

  private static byte[] images() {
    return idx(IMAGES, new int[] {3, 2, 4}, ramp(250, 24));
  }

  @ParameterizedTest
  @CsvSource({
    "a-images-idx3-ubyte, a-labels-idx1-ubyte",
    "a-images-idx3-ubyte.gz, a-labels-idx1-ubyte.gz",
    "a-images-idx3-ubyte.gz, a-labels-idx1-ubyte",
    "a-images-idx3-ubyte, a-labels-idx1-ubyte.gz",
    "a-images.idx3-ubyte, a-labels.idx1-ubyte"
  })
  void readsImagesWithLabelsBesideThem(String images, String labels) throws IOException {
    byte[] labelBytes = idx(LABELS, new int[] {3}, new byte[] {2, 0, 1});
    write(folder.resolve(images), images.endsWith("gz") ? gzip(images()) : images());
    write(folder.resolve(labels), labels.endsWith("gz") ? gzip(labelBytes) : labelBytes);

    ImageDataset data = open(folder.resolve(images));

    assertEquals(3, data.size());
    assertEquals(2, data.height());
    assertEquals(4, data.width());
    assertEquals(1, data.channels());
    assertEquals(List.of("0", "1", "2"), data.classNames());
    assertEquals(2, data.label(0));
    assertEquals(0, data.label(1));
    assertArrayEquals(new int[] {250, 251, 252, 253, 254, 255, 0, 1}, levels(data, 0));
    assertArrayEquals(new int[] {2, 3, 4, 5, 6, 7, 8, 9}, levels(data, 1));
  }

  @Test
  void readsWithoutLabels() throws IOException {
    ImageDataset data = open(write(folder.resolve("anything"), images()));
    assertEquals(0, data.classes());
    assertEquals(-1, data.label(2));
  }

  @Test
  void readsColourOfRankFour() throws IOException {
    byte[] content = idx(0x804, new int[] {2, 1, 2, 3}, ramp(0, 12));
    ImageDataset data = open(write(folder.resolve("rgb.idx"), content));
    assertEquals(3, data.channels());
    assertArrayEquals(new int[] {6, 7, 8, 9, 10, 11}, levels(data, 1));
  }

  @Test
  void opensAFolderOfMnist() throws IOException {
    write(folder.resolve("train-images-idx3-ubyte.gz"), gzip(images()));
    write(folder.resolve("t10k-images-idx3-ubyte.gz"), gzip(images()));
    assertEquals(3, open(folder).size());
  }

  @Test
  void keepsTheFirstImagesAndAllClasses() throws IOException {
    Path file = write(folder.resolve("a-images-idx3-ubyte"), images());
    write(folder.resolve("a-labels-idx1-ubyte"), idx(LABELS, new int[] {3}, new byte[] {2, 0, 5}));
    ImageDataset data = Datasets.open(file, DatasetOptions.defaults().withLimit(2));
    assertEquals(2, data.size());
    assertEquals(6, data.classes());
    ImageDataset bare = Datasets.open(file, DatasetOptions.defaults().withLabels(LabelChoice.NONE));
    assertEquals(0, bare.classes());
  }

  @Test
  void refusesWrongMagic() throws IOException {
    Path file = folder.resolve("x-images-idx3-ubyte");
    write(file, idx(0x12345678, new int[] {3, 2, 4}, ramp(0, 24)));
    refused(file, "is not an IDX file: it starts with 12345678");
    write(file, idx(0x00000d03, new int[] {3, 2, 4}, ramp(0, 24)));
    refused(file, "type 0x0d", "convert");
    write(file, idx(0x802, new int[] {3, 2}, ramp(0, 6)));
    refused(file, "2 dimensions");
    write(file, idx(LABELS, new int[] {3}, ramp(0, 3)));
    refused(file, "holds labels, not images", "images-idx3");
  }

  @Test
  void refusesTruncatedAndOverlongFiles() throws IOException {
    Path file = folder.resolve("x-images-idx3-ubyte");
    byte[] whole = images();
    for (int length = 1; length < whole.length; length++) {
      write(file, Arrays.copyOf(whole, length));
      refused(file, DatasetOptions.defaults());
    }
    write(file, Arrays.copyOf(whole, whole.length - 1));
    refused(file, "image 2 of 3", "1 of 8 bytes are missing");
    write(file, Arrays.copyOf(whole, whole.length + 1));
    refused(file, "goes on after the 3 images of 2x4x1");
    byte[] packed = gzip(whole);
    write(file, Arrays.copyOf(packed, packed.length - 12));
    refused(file, "gzip");
  }

  @Test
  void refusesImpossibleExtents() throws IOException {
    Path file = folder.resolve("x-images-idx3-ubyte");
    write(file, idx(IMAGES, new int[] {0, 2, 4}, new byte[0]));
    refused(file, "claims 0 images");
    write(file, idx(IMAGES, new int[] {3, 0, 4}, new byte[0]));
    refused(file, "claims 0 rows");
    write(file, idx(IMAGES, new int[] {3, 60_000, 60_000}, new byte[10]));
    refused(file, "claims 60000 columns");
    write(file, idx(IMAGES, new int[] {-1, 2, 4}, ramp(0, 24)));
    refused(file, "claims 4294967295 images");
    write(file, idx(0x804, new int[] {1, 1, 1, 5}, ramp(0, 5)));
    refused(file, "claims 5 channels", "at most 4");
    write(file, idx(IMAGES, new int[] {Integer.MAX_VALUE, 2, 4}, ramp(0, 24)));
    refused(file, "image 3 of 2147483647");
  }

  @Test
  void refusesLabelsThatDoNotMatch() throws IOException {
    Path file = write(folder.resolve("x-images-idx3-ubyte"), images());
    Path labels = folder.resolve("x-labels-idx1-ubyte");
    write(labels, idx(LABELS, new int[] {2}, ramp(0, 2)));
    refused(file, "x-labels-idx1-ubyte", "2 labels", "3 images");
    write(labels, idx(LABELS, new int[] {3}, ramp(0, 2)));
    refused(file, "x-labels-idx1-ubyte", "ends within the labels");
    write(labels, idx(LABELS, new int[] {3}, ramp(0, 4)));
    refused(file, "x-labels-idx1-ubyte", "goes on after");
    write(labels, images());
    refused(file, "x-labels-idx1-ubyte", "3 dimensions");
  }
}
