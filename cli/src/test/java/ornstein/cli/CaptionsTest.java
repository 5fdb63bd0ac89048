package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.data.Images;
import ornstein.engine.Shape;

/** Captions under images, in pictures and animations. */
class CaptionsTest {
  private static final int SCALE = 6;
  private static final int CELL = 8 * SCALE + 2;
  private static final int LINE = 8 + 2 * 2;

  @TempDir Path folder;

  private static String letter(String text, int width) {
    Images blank = Images.of(Shape.of(1, 1, width, 1), new byte[width]);
    PictureSheet sheet = new PictureSheet(blank.grid(1, 1, 0).getColorModel());
    Raster drawn = sheet.line(List.of(text), 0, width).draw().getRaster();
    StringBuilder rows = new StringBuilder();
    for (int y = 2; y < 10; y++) {
      for (int x = 0; x < width; x++) {
        rows.append(drawn.getSample(x, y, 0) == 0 ? '#' : '.');
      }
      rows.append('\n');
    }
    return rows.toString();
  }

  @Test
  void lettersLookLikeLetters() {
    String expected =
        """
        ####...###.
        #...#.#...#
        #...#.....#
        ####.....#.
        #.#.....#..
        #..#...#...
        #...#.#####
        ...........
        """;
    assertEquals(expected, letter("R2", 11));
    assertEquals(letter("e", 5), letter("\u00e9", 5));
    assertEquals(letter("e", 5), letter("e\u0301", 5));
    assertTrue(letter("\u732b", 5).startsWith("#####\n#...#\n"), letter("\u732b", 5));
    assertEquals(letter("\u732b", 5), letter("\ud83d\udc08", 5), "one box for one character");
  }

  @Test
  void everyLetterIsAnother() {
    long different =
        IntStream.rangeClosed(' ', '~')
            .mapToObj(c -> letter(Character.toString(c), 5))
            .distinct()
            .count();
    assertEquals('~' - ' ' + 1, different);
  }

  @Test
  void longNamesAreCut() {
    assertEquals("ankle boot", BitmapFont.fitted("ankle boot", 59));
    assertEquals("ankle b..", BitmapFont.fitted("ankle boot", 58));
    assertEquals("an", BitmapFont.fitted("ankle boot", 12));
    assertEquals("", BitmapFont.fitted("ankle boot", 4));
  }

  private Run sample(Path model, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("sample", "--model=" + model, "-n=4", "--steps=3", "--scale=" + SCALE));
    args.addAll(List.of(more));
    return Run.of(args.toArray(String[]::new));
  }

  private BufferedImage picture(Path model, String... more) throws IOException {
    Path out = folder.resolve("out.png");
    List<String> args = new ArrayList<>(List.of("--out=" + out));
    args.addAll(List.of(more));
    Run run = sample(model, args.toArray(String[]::new));
    assertEquals(0, run.code(), run.err());
    return ImageIO.read(out.toFile());
  }

  private static int[] samples(Raster raster, int top, int height) {
    return raster.getPixels(0, top, raster.getWidth(), height, (int[]) null);
  }

  @Test
  void captionsStandUnderTheirImagesAndChangeNothingElse() throws IOException {
    for (int channels = 1; channels <= 4; channels++) {
      Path model = TinyModel.save(folder, channels, "cat", "dog");
      Raster plain = picture(model, "--label=dog,cat", "--no-captions").getRaster();
      Raster captioned = picture(model, "--label=dog,cat").getRaster();
      assertEquals(2 * CELL + 2, plain.getHeight());
      assertEquals(2 * (CELL + LINE), captioned.getHeight());
      for (int row = 0; row < 2; row++) {
        assertArrayEquals(
            samples(plain, row * CELL, CELL), samples(captioned, row * (CELL + LINE), CELL));
      }
      String first = letter("dog", 3 * 6);
      StringBuilder drawn = new StringBuilder();
      for (int y = CELL + 2; y < CELL + 10; y++) {
        for (int x = 2; x < 2 + 3 * 6; x++) {
          drawn.append(captioned.getSample(x, y, 0) == 0 ? '#' : '.');
        }
        drawn.append('\n');
      }
      assertEquals(first, drawn.toString(), channels + " channels");
    }
  }

  @Test
  void byDefaultOnlySeveralLabelsAreCaptioned() throws IOException {
    Path model = TinyModel.save(folder, 1, "cat", "dog");
    assertEquals(2 * CELL + 2, picture(model).getHeight());
    assertEquals(2 * CELL + 2, picture(model, "--label=cat").getHeight());
    assertEquals(2 * (CELL + LINE), picture(model, "--label=cat", "--captions").getHeight());
    assertEquals(2 * (CELL + LINE), picture(model, "--captions").getHeight());
  }

  @Test
  void anAnimationIsWrittenBesideWithCaptionsInEachFrame() throws IOException {
    Path model = TinyModel.save(folder, 1, "cat", "dog");
    Path gif = folder.resolve("new/chain.gif");
    Path png = folder.resolve("p.png");
    Run run = sample(model, "--captions", "--gif=" + gif, "--out=" + png);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("wrote " + png + ", " + gif), run.out());
    try (ImageInputStream in = ImageIO.createImageInputStream(gif.toFile())) {
      ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
      reader.setInput(in);
      assertEquals(3 + 20, reader.getNumImages(true));
      BufferedImage drawn = ImageIO.read(png.toFile());
      BufferedImage last = reader.read(22);
      assertEquals(drawn.getHeight(), last.getHeight());
      for (int y = 0; y < drawn.getHeight(); y++) {
        for (int x = 0; x < drawn.getWidth(); x++) {
          assertEquals(drawn.getRaster().getSample(x, y, 0), last.getRGB(x, y) & 0xff);
        }
      }
      reader.dispose();
    }
  }

  @Test
  void anAnimationAloneIsHalfAsLarge() throws IOException {
    Path model = TinyModel.save(folder, 1);
    Path gif = folder.resolve("chain.gif");
    Run run = sample(model, "--gif=" + gif, "--out=" + folder.resolve("p.npz"));
    assertEquals(0, run.code(), run.err());
    assertEquals(2 * (8 * SCALE / 2 + 2) + 2, ImageIO.read(gif.toFile()).getHeight());
    assertTrue(Files.exists(folder.resolve("p.npz")));
  }

  @Test
  void whatCannotBeIsRefused() throws IOException {
    Path model = TinyModel.save(folder, 1);
    Run captions = sample(model, "--captions", "--out=" + folder.resolve("p.png"));
    assertEquals(2, captions.code());
    assertTrue(captions.err().contains("--captions: the model has no classes"), captions.err());
    Run name = sample(model, "--gif=" + folder.resolve("a.png"));
    assertEquals(2, name.code());
    assertTrue(name.err().contains("must end in .gif"), name.err());
    Run twice = sample(model, "--gif=a.gif", "--out=b.gif");
    assertEquals(2, twice.code());
    assertTrue(twice.err().contains("are one too many"), twice.err());
    assertFalse(Arrays.asList(folder.toFile().list()).contains("p.png"));
  }
}
