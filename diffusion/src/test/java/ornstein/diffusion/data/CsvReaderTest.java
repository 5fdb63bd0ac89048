package ornstein.diffusion.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static ornstein.diffusion.data.SampleFiles.gzip;
import static ornstein.diffusion.data.SampleFiles.levels;
import static ornstein.diffusion.data.SampleFiles.refused;
import static ornstein.diffusion.data.SampleFiles.write;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvReaderTest {
  private static final DatasetOptions DEFAULTS = DatasetOptions.defaults();

  @TempDir private Path folder;

  private Path csv(String text) throws IOException {
    return write(folder.resolve("data.csv"), text.getBytes(UTF_8));
  }

  private static float[] unit(ImageDataset data, int i) {
    float[] values = new float[data.imageSize()];
    data.image(i, values, 0);
    return values;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0,100,200,255,1\n1,2,3,4,0\n",
        "0,100,200,255,1\r\n1,2,3,4,0\r\n",
        "0;100;200;255;1\n1;2;3;4;0",
        "0\t100\t200\t255\t1\n1\t2\t3\t4\t0\n",
        "0   100 200 255 1\n  1 2 3 4 0\n",
        "# numpy\n0.0, 1e2, 2.00e+02, 255.000, 1\n\n1, 2, 3, 4, 0\n\n",
        "a,b,c,d,class\n0,100,200,255,1\n1,2,3,4,0\n",
        "0,1,2,3,target\n0,100,200,255,1\n1,2,3,4,0\n",
        "\"label\",\"p0\",\"p1\",\"p2\",\"p3\"\n1,0,100,200,255\n0,1,2,3,4\n",
        "\ufefflabel,p0,p1,p2,p3\n1,0,100,200,255\n0,1,2,3,4\n",
      })
  void readsEveryDialect(String text) throws IOException {
    ImageDataset data = Datasets.open(csv(text), DEFAULTS);
    assertEquals(2, data.size());
    assertEquals(2, data.height());
    assertEquals(2, data.width());
    assertEquals(1, data.channels());
    assertEquals(2, data.classes());
    assertEquals(1, data.label(0));
    assertEquals(0, data.label(1));
    assertArrayEquals(new int[] {0, 100, 200, 255}, levels(data, 0));
    assertArrayEquals(new int[] {1, 2, 3, 4}, levels(data, 1));
  }

  @Test
  void readsGzipAndTheFirstColumnAsLabel() throws IOException {
    Path file = write(folder.resolve("m.csv.gz"), gzip("7,1,2,3,200\n".getBytes(UTF_8)));
    ImageDataset data = Datasets.open(file, DEFAULTS.withLabels(LabelChoice.FIRST_COLUMN));
    assertEquals(7, data.label(0));
    assertEquals(8, data.classes());
    assertArrayEquals(new int[] {1, 2, 3, 200}, levels(data, 0));
  }

  @Test
  void takesTheLayoutFromTheOptions() throws IOException {
    Path file = csv("1,2,3,4,5,6,200,8,9,10,11,12\n");
    ImageDataset colour = Datasets.open(file, DEFAULTS.withChannels(3));
    assertEquals(2, colour.height());
    assertEquals(3, colour.channels());
    assertEquals(0, colour.classes());
    ImageDataset wide = Datasets.open(file, DEFAULTS.withSize(3, 4));
    assertEquals(3, wide.height());
    assertEquals(4, wide.width());
    DatasetOptions last = DEFAULTS.withLabels(LabelChoice.LAST_COLUMN);
    ImageDataset labelled = Datasets.open(csv("1,2,3,4,5,200,8\n"), last.withSize(2, 3));
    assertEquals(8, labelled.label(0));
    ImageDataset enlarged = Datasets.open(csv("0,0,255,255,1\n"), last.withSize(6, 6));
    assertEquals(36, enlarged.imageSize());
    assertEquals(1, enlarged.label(0));
    ImageDataset converted = Datasets.open(csv("0,90,91,255,1\n"), last.withChannels(3));
    assertArrayEquals(
        new int[] {0, 0, 0, 90, 90, 90, 91, 91, 91, 255, 255, 255}, levels(converted, 0));
  }

  @Test
  void maximumIsGuessedFromTheWholeFileUnlessGiven() throws IOException {
    assertArrayEquals(
        new float[] {-1, 1, -1, 1}, unit(Datasets.open(csv("0,1,0,1\n"), DEFAULTS), 0));
    assertArrayEquals(
        new float[] {-1, 1, -0.125f, 0}, unit(Datasets.open(csv("0,16,7,8\n"), DEFAULTS), 0));
    assertArrayEquals(
        new float[] {-1, 1, -0.125f, 0},
        unit(Datasets.open(csv("0,16,7,8\n"), DEFAULTS.withMaxValue(16)), 0));
    assertArrayEquals(
        new float[] {-1, 16 / 127.5f - 1, 7 / 127.5f - 1, 8 / 127.5f - 1},
        unit(Datasets.open(csv("0,16,7,8\n"), DEFAULTS.withMaxValue(255)), 0));
    Path later = csv("0,16,7,8\n0,0,0,17\n");
    assertEquals(16 / 127.5f - 1, unit(Datasets.open(later, DEFAULTS.withLimit(1)), 0)[1]);
  }

  @Test
  void countsTheClassesOfRowsBeyondTheLimit() throws IOException {
    ImageDataset data = Datasets.open(csv("1,2,3,4,0\n1,2,3,4,1\n"), DEFAULTS.withLimit(1));
    assertEquals(1, data.size());
    assertEquals(2, data.classes());
    ImageDataset bare = Datasets.open(csv("1,2,3,4,0\n"), DEFAULTS.withLabels(LabelChoice.NONE));
    assertEquals(0, bare.classes());
    assertEquals(4, bare.imageSize());
  }

  @Test
  void refusesPixelsTakenForLabels() throws IOException {
    refused(csv("1,2,3,4,9\n0,2,3,4,7\n"), "10 classes for 2 images", "--labels first_column");
    assertEquals(
        2,
        Datasets.open(csv("1,2,3,4,9\n0,2,3,4,7\n"), DEFAULTS.withLabels(LabelChoice.FIRST_COLUMN))
            .classes());
  }

  @Test
  void refusesWhatIsNoImage() throws IOException {
    refused(csv("1,2,3,4\n1,2,3\n"), "line 2", "3 columns", "4");
    refused(csv("1,2,3,4\n1,2,3,x\n"), "line 2", "column 4 is 'x'");
    refused(csv("1,2,3,4\n1,2,3,\n"), "line 2", "column 4 is ''");
    refused(csv("1,2,3,4\n1,2,3,256\n"), "line 2", "column 4 is '256'", "0 to 255");
    refused(csv("1,2,3,-4\n"), "line 1", "'-4'");
    refused(csv("1,2,3,0.5\n"), "line 1", "'0.5'");
    refused(csv("1,2,3,NaN\n"), "line 1", "'NaN'");
    refused(csv("1,2,3,17\n"), DEFAULTS.withMaxValue(16), "column 4 is '17'", "0 to 16");
    refused(csv("1,2,3,4,70000\n"), "column 5 is '70000'", "65535");
    refused(csv("1,2,3\n"), "3 columns", "square", "--size");
    refused(csv("1,2,3\n"), DEFAULTS.withSize(5, 7), "3 columns", "5x7");
    refused(csv("a,b,c\n"), "no rows");
    refused(csv("\n\n"), "no rows");
    refused(csv(""), "empty");
  }

  @Test
  void digitsAreExact() throws IOException {
    ImageDataset digits = Datasets.digits();
    assertEquals(1797, digits.size());
    assertEquals(8, digits.height());
    assertEquals(8, digits.width());
    assertEquals(1, digits.channels());
    assertEquals(10, digits.classes());
    int[] perClass = new int[10];
    boolean[] seen = new boolean[17];
    for (int i = 0; i < digits.size(); i++) {
      perClass[digits.label(i)]++;
      for (float v : unit(digits, i)) {
        int level = (int) ((v + 1) * 8);
        assertEquals(level / 8f - 1, v);
        seen[level] = true;
      }
    }
    assertArrayEquals(new int[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, perClass);
    for (boolean level : seen) {
      assertEquals(true, level);
    }
    float[] first = unit(digits, 0);
    assertEquals(0, digits.label(0));
    assertArrayEquals(
        new float[] {-1, -1, 5 / 8f - 1, 13 / 8f - 1, 9 / 8f - 1, 1 / 8f - 1, -1, -1},
        java.util.Arrays.copyOf(first, 8));
  }
}
