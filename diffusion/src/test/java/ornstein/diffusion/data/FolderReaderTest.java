package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static ornstein.diffusion.data.SampleFiles.levels;
import static ornstein.diffusion.data.SampleFiles.open;
import static ornstein.diffusion.data.SampleFiles.ramp;
import static ornstein.diffusion.data.SampleFiles.refused;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.engine.Shape;

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

  @Test
  void refusesBombsByTheirHeader() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(8 + 8 + 13 + 4);
    header.put(Arrays.copyOf(Files.readAllBytes(png("a.png", 1, 1, 1, 0)), 8));
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
    Files.write(folder.resolve("a.png"), header.array());
    refused(folder, "a.png", "100000x100000", "64 megapixels");
    refused(folder, DEFAULTS.withSize(8, 8), "a.png", "64 megapixels");
  }
}
