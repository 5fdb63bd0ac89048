package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static ornstein.diffusion.data.SampleFiles.levels;
import static ornstein.diffusion.data.SampleFiles.open;
import static ornstein.diffusion.data.SampleFiles.ramp;
import static ornstein.diffusion.data.SampleFiles.refused;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.engine.Shape;
import ornstein.engine.io.FormatException;

class FolderReaderTest {
  private static final DatasetOptions DEFAULTS = DatasetOptions.defaults();

  @TempDir private Path folder;

  private Path png(String name, int height, int width, int channels, int start) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Shape shape = Shape.of(1, height, width, channels);
    Images.of(shape, ramp(start, shape.size())).savePng(file, 0);
    return file;
  }

  private Path jpeg(String name, int side) throws IOException {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      image.setRGB(i % side, i / side, 0x4080c0 ^ i * 257);
    }
    Path file = folder.resolve(name);
    ImageIO.write(image, "jpeg", file.toFile());
    return file;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void readsPngExactlyInAnyChannels(int channels) throws IOException {
    png("b.png", 2, 3, channels, 60);
    png("a.PNG", 2, 3, channels, 10);
    Files.writeString(folder.resolve("notes.txt"), "not an image");
    Files.writeString(folder.resolve("._a.png"), "hidden");
    ImageDataset data = open(folder);
    assertEquals(2, data.size());
    assertEquals(2, data.height());
    assertEquals(3, data.width());
    assertEquals(channels, data.channels());
    assertEquals(0, data.classes());
    int[] expected = new int[6 * channels];
    Arrays.setAll(expected, k -> 10 + k);
    assertArrayEquals(expected, levels(data, 0));
    assertEquals(60, levels(data, 1)[0]);
  }

  @Test
  void readsJpeg() throws IOException {
    jpeg("a.jpg", 16);
    jpeg("b.JPEG", 16);
    ImageDataset data = open(folder);
    assertEquals(2, data.size());
    assertEquals(3, data.channels());
    assertEquals(0xc0, levels(data, 0)[2], 24);
  }

  @Test
  void subFoldersAreClasses() throws IOException {
    png("dog/1.png", 2, 2, 1, 5);
    png("cat/2.png", 2, 2, 1, 3);
    png("cat/1.png", 2, 2, 1, 1);
    Files.createDirectories(folder.resolve("empty"));
    ImageDataset data = open(folder);
    assertEquals(List.of("cat", "dog"), data.classNames());
    assertEquals(0, data.label(0));
    assertEquals(0, data.label(1));
    assertEquals(1, data.label(2));
    assertEquals(1, levels(data, 0)[0]);
    assertEquals(3, levels(data, 1)[0]);
    ImageDataset spread = Datasets.open(folder, DEFAULTS.withLimit(2));
    assertEquals(0, spread.label(0));
    assertEquals(0, spread.label(1));
    assertEquals(2, spread.classes());
    assertEquals(0, Datasets.open(folder, DEFAULTS.withLabels(LabelChoice.NONE)).classes());
  }

  @Test
  void limitSpreadsOverClasses() throws IOException {
    for (int i = 0; i < 4; i++) {
      png("a/" + i + ".png", 1, 1, 1, i);
      png("b/" + i + ".png", 1, 1, 1, i);
    }
    ImageDataset data = Datasets.open(folder, DEFAULTS.withLimit(2));
    assertEquals(0, data.label(0));
    assertEquals(1, data.label(1));
  }

  @Test
  void sixteenBitsAndPalettesBecomeEightBitSamples() throws IOException {
    BufferedImage deep = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 257 * 100 + 50, 65535});
    ImageIO.write(deep, "png", folder.resolve("a.png").toFile());
    assertArrayEquals(new int[] {0, 100, 255}, levels(open(folder), 0));
    BufferedImage bits = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY);
    bits.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 1, 0});
    ImageIO.write(bits, "png", folder.resolve("a.png").toFile());
    ImageDataset data = open(folder);
    assertEquals(1, data.channels());
    assertArrayEquals(new int[] {0, 255, 0}, levels(data, 0));
    BufferedImage indexed = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
    indexed.setRGB(0, 0, 0xffff0000);
    indexed.setRGB(1, 0, 0xff0000ff);
    ImageIO.write(indexed, "png", folder.resolve("a.png").toFile());
    assertArrayEquals(new int[] {255, 0, 0, 0, 0, 255}, levels(open(folder), 0));
  }

  @Test
  void mixedSizesNeedASize() throws IOException {
    png("a.png", 4, 4, 1, 0);
    png("b.png", 4, 6, 1, 0);
    png("c.png", 4, 4, 1, 0);
    png("d.png", 8, 4, 1, 0);
    refused(folder, "a.png is 4x4", "b.png is 4x6", "d.png is 8x4", "--size");
    ImageDataset data = Datasets.open(folder, DEFAULTS.withSize(2, 2));
    assertEquals(4, data.size());
    assertEquals(2, data.height());
    assertEquals(2, data.width());
  }

  @Test
  void mixedChannelsAreConvertedOnlyIfNothingIsLost() throws IOException {
    png("a.png", 1, 1, 3, 9);
    png("b.png", 1, 1, 1, 50);
    ImageDataset data = open(folder);
    assertEquals(3, data.channels());
    assertArrayEquals(new int[] {50, 50, 50}, levels(data, 1));
    png("c.png", 1, 1, 4, 9);
    refused(folder, "c.png", "4 channels", "a.png", "--channels");
    assertEquals(4, Datasets.open(folder, DEFAULTS.withChannels(4)).channels());
    ImageDataset grey = Datasets.open(folder, DEFAULTS.withChannels(1));
    assertArrayEquals(new int[] {50}, levels(grey, 1));
    assertArrayEquals(new int[] {10}, levels(grey, 0));
  }

  @Test
  void refusesFoldersWithoutImagesOrOfTwoKinds() throws IOException {
    refused(folder, "no PNG or JPEG", "give the folder");
    png("a.png", 2, 2, 1, 0);
    png("cat/b.png", 2, 2, 1, 0);
    refused(folder, "a.png", "sub-folders", "cat");
  }

  @Test
  void refusesDamagedImages() throws IOException {
    Path file = png("a.png", 40, 40, 3, 0);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    refused(folder, "a.png", "cannot be decoded");
    Files.write(file, Arrays.copyOf(whole, 20));
    refused(folder, "a.png", "cannot be decoded");
    Files.write(file, new byte[0]);
    refused(folder, "a.png", "neither PNG nor JPEG");
    Files.writeString(file, "<html>not found</html>");
    refused(folder, "a.png", "neither PNG nor JPEG");
    Files.delete(file);
    Path photo = jpeg("b.jpg", 64);
    byte[] jpeg = Files.readAllBytes(photo);
    Files.write(photo, Arrays.copyOf(jpeg, jpeg.length / 2));
    refused(folder, "b.jpg", "damaged");
  }

  private Path bomb(String name) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(8 + 8 + 13 + 4);
    Path file = png(name, 1, 1, 1, 0);
    header.put(Arrays.copyOf(Files.readAllBytes(file), 8));
    header.putInt(13);
    byte[] ihdr = new byte[17];
    ByteBuffer.wrap(ihdr)
        .put("IHDR".getBytes(StandardCharsets.US_ASCII))
        .putInt(100_000)
        .putInt(100_000)
        .put(new byte[] {8, 0, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(ihdr);
    header.put(ihdr).putInt((int) crc.getValue());
    return Files.write(file, header.array());
  }

  @Test
  void refusesBombsByTheirHeader() throws IOException {
    bomb("a.png");
    refused(folder, "a.png", "100000x100000", "64 megapixels");
    refused(folder, DEFAULTS.withSize(8, 8), "a.png", "64 megapixels");
    refused(folder, DEFAULTS.withLoading(Loading.STREAM), "a.png", "64 megapixels");
  }

  /** Keeps what it is told. */
  private static final class Told implements DatasetListener {
    final List<String> bad = new ArrayList<>();
    final List<Long> read = new ArrayList<>();

    @Override
    public void onBadFile(String message) {
      bad.add(message);
    }

    @Override
    public void onRead(long done, long total) {
      read.add(done * 100 + total);
    }
  }

  private void tenWithFourBad() throws IOException {
    for (int i = 0; i < 10; i++) {
      png((i % 2 == 0 ? "cat/" : "dog/") + i + ".png", 6, 6, 3, 10 * i);
    }
    Files.writeString(folder.resolve("cat/0.png"), "<html>");
    Path cut = folder.resolve("dog/3.png");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 60));
    bomb("cat/4.png");
    Files.write(folder.resolve("dog/9.png"), new byte[0]);
  }

  @ParameterizedTest
  @CsvSource({"MEMORY, 0", "MEMORY, 4", "STREAM, 0", "STREAM, 4"})
  void badFilesAreReportedAndLeftOut(Loading loading, int side) throws IOException {
    tenWithFourBad();
    Told told = new Told();
    DatasetOptions options = DEFAULTS.withMaxBadFiles(4).withLoading(loading).withSize(side, side);
    try (ImageDataset data = Datasets.open(folder, options, told)) {
      assertEquals(4, told.bad.size(), told.bad.toString());
      List<String> parts =
          List.of("cat/0.png: ", "dog/3.png: ", "cat/4.png: claims 100000", "dog/9.png: ");
      for (String part : parts) {
        String path = part.replace("/", folder.getFileSystem().getSeparator());
        assertEquals(1, told.bad.stream().filter(m -> m.contains(path)).count(), path);
      }
      assertEquals(6, data.size());
      // Of classes cat 2, 6, 8 and dog 1, 5, 7.
      int[] first = {20, 60, 80, 10, 50, 70};
      for (int i = 0; i < 6; i++) {
        assertEquals(i < 3 ? 0 : 1, data.label(i));
        if (side == 0) {
          assertEquals(first[i], levels(data, i)[0]);
        }
      }
      long done = told.read.get(told.read.size() - 1);
      assertEquals(done % 100, done / 100, "all are read");
    }
  }

  @ParameterizedTest
  @EnumSource(Loading.class)
  void tooManyBadFilesAreAnError(Loading loading) throws IOException {
    tenWithFourBad();
    for (int side : new int[] {0, 4}) {
      DatasetOptions options = DEFAULTS.withLoading(loading).withSize(side, side);
      Told told = new Told();
      FormatException e =
          assertThrows(
              FormatException.class, () -> Datasets.open(folder, options.withMaxBadFiles(3), told));
      assertTrue(
          e.getMessage()
              .startsWith(folder + ": holds more files that cannot be read than the 3 that"),
          e.getMessage());
      assertEquals(4, told.bad.size());
      // Unless asked for, the first is refused by its name.
      FormatException first =
          assertThrows(FormatException.class, () -> Datasets.open(folder, options));
      assertTrue(first.getMessage().contains("0.png"), first.getMessage());
    }
  }

  @Test
  void aFolderOfBadFilesAloneHoldsNothing() throws IOException {
    Files.writeString(folder.resolve("a.png"), "<html>");
    bomb("b.png");
    refused(folder, DEFAULTS.withMaxBadFiles(9), "no picture that can be read");
    refused(folder, DEFAULTS.withMaxBadFiles(9).withSize(4, 4), "no picture that can be read");
  }

  @Test
  void aPictureOfOtherChannelsIsNoBadFile() throws IOException {
    png("a.png", 1, 1, 1, 9);
    png("b.png", 1, 1, 3, 9);
    for (Loading loading : Loading.values()) {
      DatasetOptions options = DEFAULTS.withMaxBadFiles(5).withLoading(loading);
      refused(folder, options, "b.png", "3 channels", "a.png", "--channels");
    }
  }

  @Test
  void namesBeginWithTheClass() throws IOException {
    png("dog_001.png", 1, 1, 1, 1);
    png("cat_001.png", 1, 1, 1, 2);
    png("cat_002_b.png", 1, 1, 1, 3);
    png("more/bird_7.png", 1, 1, 1, 4);
    DatasetOptions options = DEFAULTS.withLabels(LabelChoice.PREFIX);
    for (Loading loading : Loading.values()) {
      try (ImageDataset data = Datasets.open(folder, options.withLoading(loading))) {
        assertEquals(List.of("bird", "cat", "dog"), data.classNames());
        int[] labels = {1, 1, 2, 0};
        for (int i = 0; i < 4; i++) {
          assertEquals(labels[i], data.label(i));
          assertEquals(new int[] {2, 3, 1, 4}[i], levels(data, i)[0]);
        }
      }
    }
    png("fish.png", 1, 1, 1, 9);
    refused(folder, options, "fish.png", "underscore", "cat_001.png", "--labels auto");
    png("fish.png", 1, 1, 1, 9);
    Files.move(folder.resolve("fish.png"), folder.resolve("_.png"));
    refused(folder, options, "_.png", "underscore");
  }

  private static void deep(Path file, int type, int bands, int... values) throws IOException {
    BufferedImage image;
    if (bands == 1) {
      image = new BufferedImage(values.length, 1, type);
    } else {
      ColorModel model =
          new ComponentColorModel(
              ColorSpace.getInstance(ColorSpace.CS_sRGB),
              bands == 4,
              false,
              bands == 4 ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
              DataBuffer.TYPE_USHORT);
      image =
          new BufferedImage(
              model, model.createCompatibleWritableRaster(values.length / bands, 1), false, null);
    }
    image.getRaster().setPixels(0, 0, image.getWidth(), 1, values);
    ImageIO.write(image, "png", file.toFile());
  }

  private static float[] values(ImageDataset data, int i) {
    float[] values = new float[data.imageSize()];
    data.image(i, values, 0);
    return values;
  }

  @Test
  void sixteenBitsAreKeptWhenAsked() throws IOException {
    int[] levels = {0, 1, 256, 12_345, 65_534, 65_535};
    deep(folder.resolve("a.png"), BufferedImage.TYPE_USHORT_GRAY, 1, levels);
    DatasetOptions options = DEFAULTS.withBits(16);
    for (Loading loading : Loading.values()) {
      try (ImageDataset data = Datasets.open(folder, options.withLoading(loading))) {
        float[] values = values(data, 0);
        for (int k = 0; k < levels.length; k++) {
          assertEquals(levels[k] / 32_767.5f - 1f, values[k]);
        }
      }
    }
    // Pictures of 8 bits and palettes have every 257th level.
    png("a.png", 1, 6, 1, 100);
    float[] values = values(Datasets.open(folder, options), 0);
    for (int k = 0; k < 6; k++) {
      assertEquals((100 + k) * 257 / 32_767.5f - 1f, values[k]);
    }
    BufferedImage indexed = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
    indexed.setRGB(0, 0, 0xffff0000);
    indexed.setRGB(1, 0, 0xff0000ff);
    ImageIO.write(indexed, "png", folder.resolve("a.png").toFile());
    float[] colours = {1, -1, -1, -1, -1, 1};
    assertArrayEquals(colours, values(Datasets.open(folder, options), 0));
  }

  @Test
  void sixteenBitsAreResizedAndConverted() throws IOException {
    deep(folder.resolve("a.png"), 0, 3, 10_001, 10_001, 10_001, 10_002, 10_002, 10_005);
    ImageDataset data = Datasets.open(folder, DEFAULTS.withBits(16).withChannels(1).withSize(1, 1));
    // The centred crop is one pixel wide, in the middle: the mean of both, rounded.
    assertEquals(10_002 / 32_767.5f - 1f, values(data, 0)[0]);
  }

  @Test
  void alphaIsKeptWhenAskedAndByDefault() throws IOException {
    int[] pixel = {1000, 40_000, 65_535, 30_000};
    deep(folder.resolve("a.png"), 0, 4, pixel);
    for (int channels : new int[] {0, 4}) {
      ImageDataset data = Datasets.open(folder, DEFAULTS.withBits(16).withChannels(channels));
      assertEquals(4, data.channels());
      float[] values = values(data, 0);
      for (int k = 0; k < 4; k++) {
        assertEquals(pixel[k] / 32_767.5f - 1f, values[k]);
      }
    }
    // White shows through where it is dropped: (1000·30000 + 65535·35535) / 65535, rounded.
    ImageDataset rgb = Datasets.open(folder, DEFAULTS.withBits(16).withChannels(3));
    assertEquals(35_993 / 32_767.5f - 1f, values(rgb, 0)[0]);
    assertArrayEquals(
        new int[] {4, 156, 255, 117}, levels(Datasets.open(folder, DEFAULTS.withChannels(4)), 0));
    png("a.png", 1, 1, 3, 5);
    assertArrayEquals(
        new int[] {5, 6, 7, 255}, levels(Datasets.open(folder, DEFAULTS.withChannels(4)), 0));
  }
}
