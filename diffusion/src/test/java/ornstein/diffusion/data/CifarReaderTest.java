package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static ornstein.diffusion.data.SampleFiles.levels;
import static ornstein.diffusion.data.SampleFiles.open;
import static ornstein.diffusion.data.SampleFiles.refused;
import static ornstein.diffusion.data.SampleFiles.write;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarReaderTest {
  private static final int RECORD = 3073;

  @TempDir private Path folder;

  /** Red falls along a row, green is 7 and blue the label. */
  private static byte[] records(int... labels) {
    byte[] bytes = new byte[labels.length * RECORD];
    for (int i = 0; i < labels.length; i++) {
      bytes[i * RECORD] = (byte) labels[i];
      for (int p = 0; p < 1024; p++) {
        bytes[i * RECORD + 1 + p] = (byte) (255 - p % 32);
        bytes[i * RECORD + 1 + 1024 + p] = 7;
        bytes[i * RECORD + 1 + 2048 + p] = (byte) labels[i];
      }
    }
    return bytes;
  }

  @Test
  void readsOneBatch() throws IOException {
    ImageDataset data = open(write(folder.resolve("test_batch.bin"), records(3, 9)));
    assertEquals(2, data.size());
    assertEquals(32, data.height());
    assertEquals(32, data.width());
    assertEquals(3, data.channels());
    assertEquals(10, data.classes());
    assertEquals("truck", data.classNames().get(data.label(1)));
    int[] pixels = levels(data, 1);
    for (int p = 0; p < 1024; p++) {
      assertEquals(255 - p % 32, pixels[3 * p]);
      assertEquals(7, pixels[3 * p + 1]);
      assertEquals(9, pixels[3 * p + 2]);
    }
  }

  @Test
  void readsARecordThatStartsLikeAnIdxHeader() throws IOException {
    byte[] bytes = records(0);
    bytes[1] = 0;
    bytes[2] = 8;
    bytes[3] = 3;
    assertEquals(0, open(write(folder.resolve("test_batch.bin"), bytes)).label(0));
  }

  @Test
  void readsTheTrainingBatchesOfAFolderInOrder() throws IOException {
    write(folder.resolve("data_batch_2.bin"), records(2));
    write(folder.resolve("data_batch_1.bin"), records(1, 4));
    write(folder.resolve("test_batch.bin"), records(9));
    ImageDataset data = open(folder);
    assertEquals(3, data.size());
    assertEquals(1, data.label(0));
    assertEquals(4, data.label(1));
    assertEquals(2, data.label(2));
    ImageDataset two = Datasets.open(folder, DatasetOptions.defaults().withLimit(2));
    assertEquals(2, two.size());
    assertEquals(10, two.classes());
  }

  @Test
  void refusesPartialRecordsAndWrongLabels() throws IOException {
    Path file = folder.resolve("data_batch_1.bin");
    write(file, Arrays.copyOf(records(1, 2), 2 * RECORD - 1));
    refused(file, "6145 bytes", "3073");
    refused(folder, "data_batch_1.bin", "6145 bytes");
    write(file, records(1, 10));
    refused(file, "record 1 has label 10");
    write(file, new byte[0]);
    refused(file, "0 bytes");
  }
}
