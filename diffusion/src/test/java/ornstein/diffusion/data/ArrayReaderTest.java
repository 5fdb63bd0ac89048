package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static ornstein.diffusion.data.SampleFiles.levels;
import static ornstein.diffusion.data.SampleFiles.open;
import static ornstein.diffusion.data.SampleFiles.ramp;
import static ornstein.diffusion.data.SampleFiles.refused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.engine.Shape;
import ornstein.engine.io.Npy;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;

class ArrayReaderTest {
  @TempDir private Path folder;

  private Path npz(Object... namesAndArrays) throws IOException {
    SequencedMap<String, NpyArray> arrays = new LinkedHashMap<>();
    for (int i = 0; i < namesAndArrays.length; i += 2) {
      arrays.put((String) namesAndArrays[i], (NpyArray) namesAndArrays[i + 1]);
    }
    Path file = folder.resolve("data.npz");
    Npz.write(file, arrays);
    return file;
  }

  private static NpyArray u8(int... dims) {
    Shape shape = Shape.of(dims);
    return NpyArray.u8(shape, ramp(0, shape.size()));
  }

  @ParameterizedTest
  @CsvSource({"arr_0,arr_1", "images,labels", "x,y", "x_train,y_train"})
  void readsImagesAndLabels(String images, String labels) throws IOException {
    Path file = npz(images, u8(2, 1, 2, 3), labels, NpyArray.i64(Shape.of(2), new long[] {4, 1}));
    ImageDataset data = open(file);
    assertEquals(2, data.size());
    assertEquals(1, data.height());
    assertEquals(2, data.width());
    assertEquals(3, data.channels());
    assertEquals(5, data.classes());
    assertEquals(4, data.label(0));
    assertArrayEquals(new int[] {6, 7, 8, 9, 10, 11}, levels(data, 1));
    ImageDataset bare =
        Datasets.open(file, DatasetOptions.defaults().withLabels(LabelChoice.NONE).withLimit(1));
    assertEquals(0, bare.classes());
    assertEquals(1, bare.size());
  }

  @Test
  void readsGreyWithoutChannelAxisAndColumnLabels() throws IOException {
    ImageDataset data =
        open(npz("x", u8(2, 2, 2), "y", NpyArray.u8(Shape.of(2, 1), new byte[] {0, 2})));
    assertEquals(1, data.channels());
    assertEquals(2, data.label(1));
    assertArrayEquals(new int[] {4, 5, 6, 7}, levels(data, 1));
  }

  @Test
  void readsNpyAndBool() throws IOException {
    Path file = folder.resolve("data.npy");
    Npy.write(file, NpyArray.bool(Shape.of(1, 1, 2), new boolean[] {false, true}));
    assertArrayEquals(new int[] {0, 255}, levels(open(file), 0));
  }

  @Test
  void readsBackWhatImagesSave() throws IOException {
    Path file = folder.resolve("samples.npz");
    Images.of(Shape.of(2, 2, 2, 4), ramp(100, 32), 3, 5).saveNpz(file);
    ImageDataset data = open(file);
    assertEquals(4, data.channels());
    assertEquals(5, data.label(1));
    assertEquals(131, levels(data, 1)[15]);
  }

  @Test
  void refusesWhatIsNoImages() throws IOException {
    NpyArray images = u8(2, 2, 2);
    refused(npz("weights", images), "[weights]", "arr_0", "numpy.savez");
    refused(npz("x", u8(4, 4)), "'x'", "[4, 4]", "[N, H, W]");
    refused(npz("x", u8(0, 4, 4)), "no images");
    refused(npz("x", u8(2, 3, 8, 8)), "8 channels", "transpose(0, 2, 3, 1)");
    refused(npz("x", u8(2, 8, 8, 5)), "5 channels");
    refused(npz("x", NpyArray.f32(Shape.of(1, 1, 1), new float[] {1})), "F32", "uint8");
    refused(npz("x", images, "y", u8(3)), "labels of shape [3]", "2 images");
    refused(npz("x", images, "y", u8(2, 2)), "labels of shape [2, 2]");
    refused(npz("x", images, "y", NpyArray.u8(Shape.scalar(), ramp(0, 1))), "labels of shape []");
    refused(npz("x", images, "y", NpyArray.f32(Shape.of(2), new float[2])), "F32");
    refused(npz("x", images, "y", NpyArray.i64(Shape.of(2), new long[] {0, -3})), "label -1");
    refused(
        npz("x", images, "y", NpyArray.i64(Shape.of(2), new long[] {0, 1L << 40})),
        "of image 1",
        "65535");
    refused(npz("x", images), DatasetOptions.defaults().withMaxValue(3), "the value 4");
  }

  @Test
  void refusesDamage() throws IOException {
    Path file = npz("x", u8(2, 2, 2));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 30));
    refused(file, "damaged");
  }
}
