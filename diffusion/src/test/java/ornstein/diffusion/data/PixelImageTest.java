package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PixelImageTest {
  private static PixelImage image(int height, int width, int channels, int... values) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return new PixelImage(height, width, channels, 255, pixels);
  }

  private static int[] values(PixelImage image) {
    int[] values = new int[image.pixels.length];
    Arrays.setAll(values, i -> image.pixels[i] & 0xff);
    return values;
  }

  @Test
  void channelsConvert() {
    assertArrayEquals(new int[] {76}, values(image(1, 1, 3, 255, 0, 0).toChannels(1)));
    assertArrayEquals(new int[] {150}, values(image(1, 1, 3, 0, 255, 0).toChannels(1)));
    assertArrayEquals(new int[] {29}, values(image(1, 1, 3, 0, 0, 255).toChannels(1)));
    assertArrayEquals(new int[] {255}, values(image(1, 1, 3, 255, 255, 255).toChannels(1)));
    assertArrayEquals(new int[] {9, 9, 9, 255}, values(image(1, 1, 1, 9).toChannels(4)));
    assertArrayEquals(new int[] {9, 40}, values(image(1, 1, 4, 9, 9, 9, 40).toChannels(2)));
    assertArrayEquals(new int[] {255, 255, 255}, values(image(1, 1, 4, 1, 2, 3, 0).toChannels(3)));
    assertArrayEquals(new int[] {1, 2, 3}, values(image(1, 1, 4, 1, 2, 3, 255).toChannels(3)));
    assertArrayEquals(new int[] {127}, values(image(1, 1, 2, 0, 128).toChannels(1)));
  }

  @Test
  void shrinkingAverages() {
    PixelImage half = image(2, 2, 1, 0, 100, 100, 200).resized(1, 1);
    assertArrayEquals(new int[] {100}, values(half));
    PixelImage same = image(1, 2, 1, 3, 4);
    assertSame(same, same.resized(1, 2));
  }

  @Test
  void enlargingInterpolates() {
    PixelImage twice = image(1, 2, 1, 0, 200).resized(2, 4);
    assertArrayEquals(new int[] {0, 50, 150, 200, 0, 50, 150, 200}, values(twice));
  }

  @Test
  void theCropIsCentred() {
    PixelImage wide = image(1, 5, 1, 10, 20, 30, 40, 50);
    assertArrayEquals(new int[] {30}, values(wide.resized(1, 1)));
    assertArrayEquals(new int[] {20, 30, 40}, values(wide.resized(1, 3)));
    PixelImage tall = image(3, 1, 1, 10, 20, 30);
    assertArrayEquals(new int[] {20}, values(tall.resized(1, 1)));
  }

  @Test
  void clearPixelsDoNotBleed() {
    PixelImage edge = image(1, 2, 4, 255, 0, 0, 0, 0, 0, 200, 255).resized(1, 2);
    assertArrayEquals(new int[] {255, 0, 0, 0, 0, 0, 200, 255}, values(edge));
    PixelImage grown = image(1, 2, 2, 255, 0, 10, 255).resized(2, 4);
    for (int x = 1; x < 4; x++) {
      assertEquals(10, values(grown)[2 * x]);
    }
    assertEquals(0, values(grown)[1]);
    assertEquals(255, values(grown)[7]);
  }

  @Test
  void otherMaximaBecomeEightBit() {
    PixelImage digit = new PixelImage(1, 1, 1, 16, new byte[] {8});
    PixelImage large = digit.resized(2, 2);
    assertEquals(255, large.maxValue);
    assertArrayEquals(new int[] {128, 128, 128, 128}, values(large));
  }

  @Property(tries = 200)
  void constantsStayConstant(
      @ForAll @IntRange(min = 1, max = 20) int height,
      @ForAll @IntRange(min = 1, max = 20) int width,
      @ForAll @IntRange(min = 1, max = 20) int toHeight,
      @ForAll @IntRange(min = 1, max = 20) int toWidth,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 255) int value) {
    byte[] pixels = new byte[height * width * channels];
    Arrays.fill(pixels, (byte) value);
    PixelImage resized =
        new PixelImage(height, width, channels, 255, pixels).resized(toHeight, toWidth);
    assertEquals(toHeight, resized.height);
    assertEquals(toWidth, resized.width);
    for (int v : values(resized)) {
      assertEquals(value, v);
    }
  }
}
