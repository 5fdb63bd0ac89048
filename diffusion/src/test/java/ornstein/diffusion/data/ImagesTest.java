package ornstein.diffusion.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static ornstein.diffusion.data.SampleFiles.ramp;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.engine.Shape;
import ornstein.engine.io.DType;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;

class ImagesTest {
  @TempDir private Path folder;

  private static Images ramps(int count, int height, int width, int channels, int... labels) {
    Shape shape = Shape.of(count, height, width, channels);
    return Images.of(shape, ramp(0, shape.size()), labels);
  }

  private static BufferedImage read(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    assertNotNull(image);
    return image;
  }

  @Test
  void unitValuesAreClampedAndTruncated() {
    float[] values = {-1f, 1f, -7f, 7f, 0f, -0.999f, 0.999f, -0.9922f};
    Images images = Images.fromUnit(Shape.of(2, 2, 2, 1), values, 4, 5);
    assertArrayEquals(
        new byte[] {0, (byte) 255, 0, (byte) 255, 127, 0, (byte) 254, 0}, images.pixels());
    assertArrayEquals(new int[] {4, 5}, images.labels());
    assertEquals(127, images.value(1, 0, 0, 0));
    assertEquals(Shape.of(2, 2, 2, 1), images.shape());
  }

  @Test
  void truncationLosesAtMostOneLevelAndRoundingNone() throws IOException {
    Path file = folder.resolve("all.npz");
    ramps(1, 16, 16, 1).saveNpz(file);
    ImageDataset data = SampleFiles.open(file);
    float[] unit = new float[256];
    data.image(0, unit, 0);
    byte[] truncated = Images.fromUnit(Shape.of(1, 16, 16, 1), unit).pixels();
    int lost = 0;
    for (int v = 0; v < 256; v++) {
      int back = truncated[v] & 0xff;
      assertTrue(back == v || back == v - 1);
      lost += v - back;
    }
    // NumPy in float32 loses the same number.
    assertEquals(63, lost);
    assertArrayEquals(ramp(0, 256), Images.of(data, 0).pixels());
  }

  @Test
  void imagesOfADataSetKeepLabels() throws IOException {
    Images images = Images.of(Datasets.digits(), 1, 0);
    assertArrayEquals(new int[] {1, 0}, images.labels());
    assertEquals(Math.round(13 / 16.0 * 255), images.value(1, 0, 3, 0));
  }

  @Test
  void refusesNonFiniteValuesAndMisfits() {
    Shape shape = Shape.of(2, 1, 2, 1);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> Images.fromUnit(shape, new float[] {0, 0, bad, 0}));
      assertTrue(String.valueOf(e.getMessage()).startsWith("image 1 holds " + bad));
    }
    assertThrows(IllegalArgumentException.class, () -> Images.fromUnit(shape, new float[3]));
    assertThrows(IllegalArgumentException.class, () -> Images.of(shape, new byte[4], 1));
    assertThrows(
        IllegalArgumentException.class, () -> Images.of(Shape.of(1, 1, 1, 5), new byte[5]));
    assertThrows(
        IllegalArgumentException.class, () -> Images.of(Shape.of(0, 1, 1, 1), new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> Images.of(Shape.of(2, 2), new byte[4]));
  }

  @Test
  void batchesJoinInOrder() {
    Shape shape = Shape.of(3, 1, 2, 1);
    Images joined = Images.concat(List.of(ramps(1, 1, 2, 1, 7), ramps(2, 1, 2, 1, 8, 9)));
    assertEquals(shape, joined.shape());
    assertArrayEquals(new byte[] {0, 1, 0, 1, 2, 3}, joined.pixels());
    assertArrayEquals(new int[] {7, 8, 9}, joined.labels());
    Images bare = Images.concat(List.of(ramps(1, 1, 2, 1), ramps(2, 1, 2, 1)));
    assertArrayEquals(joined.pixels(), bare.pixels());
    assertEquals(0, bare.labels().length);
  }

  @Test
  void batchesThatDoNotFitTogetherAreRefused() {
    Images one = ramps(1, 1, 2, 1);
    assertThrows(IllegalArgumentException.class, () -> Images.concat(List.of()));
    for (Images other : List.of(ramps(1, 2, 1, 1), ramps(1, 1, 2, 3), ramps(1, 1, 2, 1, 5))) {
      assertThrows(IllegalArgumentException.class, () -> Images.concat(List.of(one, other)));
    }
    Images million = ramps(1, 1024, 1024, 1);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Images.concat(Collections.nCopies(2048, million)));
    assertEquals(
        "2147483648 values of images are over the 2147483639 that one array holds", e.getMessage());
  }

  @Test
  void isImmutable() {
    byte[] bytes = {1, 2};
    int[] labels = {7};
    Images images = Images.of(Shape.of(1, 1, 2, 1), bytes, labels);
    bytes[0] = 9;
    labels[0] = 9;
    images.pixels()[1] = 9;
    images.labels()[0] = 9;
    images.image(0).getRaster().setSample(0, 0, 0, 9);
    assertArrayEquals(new byte[] {1, 2}, images.pixels());
    assertArrayEquals(new int[] {7}, images.labels());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void pngHoldsTheExactSamples(int channels) throws IOException {
    Images images = ramps(3, 4, 5, channels);
    Path file = folder.resolve("a.png");
    images.savePng(file, 2);
    BufferedImage read = read(file);
    assertEquals(channels, read.getRaster().getNumBands());
    int[] pixel = new int[channels];
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 5; x++) {
        read.getRaster().getPixel(x, y, pixel);
        for (int c = 0; c < channels; c++) {
          assertEquals(images.value(2, y, x, c), pixel[c]);
        }
      }
    }
  }

  @Test
  void gridEnlargesAndPads() throws IOException {
    Images images = ramps(3, 2, 2, 3);
    Path file = folder.resolve("grid.png");
    images.saveGrid(file, 2, 3, 1);
    BufferedImage grid = read(file);
    assertEquals(2 * 7 + 1, grid.getWidth());
    assertEquals(2 * 7 + 1, grid.getHeight());
    Raster raster = grid.getRaster();
    for (int y = 0; y < 15; y++) {
      for (int x = 0; x < 15; x++) {
        int cell = y / 7 * 2 + x / 7;
        boolean white = y % 7 == 0 || x % 7 == 0 || cell == 3;
        for (int c = 0; c < 3; c++) {
          int expected = white ? 255 : images.value(cell, (y % 7 - 1) / 3, (x % 7 - 1) / 3, c);
          assertEquals(expected, raster.getSample(x, y, c));
        }
      }
    }
    assertEquals(6, images.grid(100, 1, 0).getWidth());
    assertThrows(IllegalArgumentException.class, () -> images.grid(0, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> images.grid(1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> images.grid(1, 1, -1));
    assertThrows(IllegalArgumentException.class, () -> images.grid(1, 100_000, 0));
    assertThrows(IllegalArgumentException.class, () -> images.grid(1, 1, Integer.MAX_VALUE));
  }

  @Test
  void npzHoldsImagesAndLabelsInTheSameBytesEachTime() throws IOException {
    Images images = ramps(2, 2, 2, 3, 8, 9);
    Path file = folder.resolve("a.npz");
    images.saveNpz(file);
    Map<String, NpyArray> arrays = Npz.read(file);
    NpyArray pixels = arrays.get("arr_0");
    assertNotNull(pixels);
    assertEquals(DType.U8, pixels.dtype());
    assertEquals(Shape.of(2, 2, 2, 3), pixels.shape());
    assertArrayEquals(images.pixels(), pixels.bytes());
    NpyArray labels = arrays.get("arr_1");
    assertNotNull(labels);
    assertEquals(DType.I64, labels.dtype());
    assertArrayEquals(new long[] {8, 9}, labels.longs());
    byte[] first = Files.readAllBytes(file);
    images.saveNpz(file);
    assertArrayEquals(first, Files.readAllBytes(file));
    ramps(1, 1, 1, 1).saveNpz(file);
    assertEquals(List.of("arr_0"), List.copyOf(Npz.read(file).keySet()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void gifKeepsFramesDelayAndLoop(int channels) throws IOException {
    List<BufferedImage> frames = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Shape shape = Shape.of(1, 5, 6, channels);
      frames.add(Images.of(shape, ramp(40 * i, shape.size())).image(0));
    }
    Path file = folder.resolve("a.gif");
    Images.saveGif(file, frames, 120, true);
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      assertEquals(3, reader.getNumImages(true));
      for (int i = 0; i < 3; i++) {
        BufferedImage frame = reader.read(i);
        for (int p = 0; p < 30; p++) {
          int rgb = frame.getRGB(p % 6, p / 6);
          for (int c = 0; c < 3; c++) {
            int sample = frames.get(i).getRaster().getSample(p % 6, p / 6, c % channels);
            assertEquals(sample, (rgb >> (16 - 8 * c)) & 0xff);
          }
        }
        IIOMetadata metadata = reader.getImageMetadata(i);
        IIOMetadataNode root =
            (IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName());
        IIOMetadataNode control =
            (IIOMetadataNode) root.getElementsByTagName("GraphicControlExtension").item(0);
        assertEquals("12", control.getAttribute("delayTime"));
        assertEquals(i == 0 ? 1 : 0, root.getElementsByTagName("ApplicationExtension").getLength());
      }
    } finally {
      reader.dispose();
    }
    assertTrue(new String(Files.readAllBytes(file), ISO_8859_1).contains("NETSCAPE2.0"));
    Images.saveGif(file, frames, 120, false);
    assertFalse(new String(Files.readAllBytes(file), ISO_8859_1).contains("NETSCAPE2.0"));
  }

  @Test
  void gifOfManyColoursIsReduced() throws IOException {
    byte[] colours = new byte[32 * 32 * 3];
    for (int p = 0; p < 1024; p++) {
      colours[3 * p] = (byte) (p % 32 * 8);
      colours[3 * p + 1] = (byte) (p / 32 * 8);
      colours[3 * p + 2] = (byte) 128;
    }
    Images images = Images.of(Shape.of(1, 32, 32, 3), colours);
    Path file = folder.resolve("a.gif");
    Images.saveGif(file, List.of(images.image(0), images.image(0)), 50, true);
    BufferedImage read = read(file);
    double error = 0;
    for (int p = 0; p < 1024; p++) {
      for (int c = 0; c < 3; c++) {
        int shown = (read.getRGB(p % 32, p / 32) >> (16 - 8 * c)) & 0xff;
        error += Math.abs(shown - images.value(0, p / 32, p % 32, c));
      }
    }
    assertEquals(0, error / (3 * 1024), 8);
  }

  @Test
  void gifShowsTransparencyAsWhite() throws IOException {
    Images images = Images.of(Shape.of(1, 1, 2, 4), new byte[] {1, 2, 3, 0, 1, 2, 3, (byte) 255});
    Path file = folder.resolve("a.gif");
    Images.saveGif(file, List.of(images.image(0)), 50, true);
    BufferedImage read = read(file);
    assertEquals(0xffffffff, read.getRGB(0, 0));
    assertEquals(0xff010203, read.getRGB(1, 0));
  }

  @Test
  void gifRefusesBadInputAndLeavesNothingBehind() throws IOException {
    Path file = folder.resolve("a.gif");
    BufferedImage small = ramps(1, 1, 1, 1).image(0);
    BufferedImage large = ramps(1, 2, 1, 1).image(0);
    assertThrows(IllegalArgumentException.class, () -> Images.saveGif(file, List.of(), 50, true));
    assertThrows(
        IllegalArgumentException.class,
        () -> Images.saveGif(file, List.of(small, large), 50, true));
    assertThrows(
        IllegalArgumentException.class, () -> Images.saveGif(file, List.of(small), 5, true));
    assertThrows(
        IOException.class,
        () -> Images.saveGif(folder.resolve("none/a.gif"), List.of(small), 50, true));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }
}
