package ornstein.cli;

import java.awt.image.WritableRaster;
import java.text.Normalizer;

/**
 * Letters of five by seven pixels and one below their line, so that pictures have captions on
 * machines without fonts.
 */
final class BitmapFont {
  /** Pixels from letter to letter. */
  static final int ADVANCE = 6;

  /** Pixels from a letter's top to its bottom. */
  static final int HEIGHT = 8;

  private static final int COLUMNS = 5;
  private static final char FIRST = ' ';
  private static final char LAST = '~';

  /** For what is no ASCII: an empty box. */
  private static final String BOX = "7f4141417f";

  /** Of the letters from blank to tilde, each five columns, whose lowest bit is the top pixel. */
  private static final String GLYPHS =
      "000000000000005f00000007000700147f147f14242a7f2a12231308646236495522500000070000"
          + "001c2241000041221c0014083e081408083e08080050300000080808080800606000002010080402"
          + "3e5149453e00427f400042615149462141454b311814127f1027454545393c4a4949300171090503"
          + "3649494936064949291e003636000000563600000814224100141414141441221408000201510906"
          + "324979413e7e1111117e7f494949363e414141227f4141221c7f494949417f090909013e4149497a"
          + "7f0808087f00417f41002040413f017f081422417f404040407f020c027f7f0408107f3e4141413e"
          + "7f090909063e4151215e7f09192946464949493101017f01013f4040403f1f2040201f3f4038403f"
          + "631408146307087008076151494543007f41410002040810200041417f0004020102044040404040"
          + "000102040020545454787f484444383844444420384444487f3854545418087e09010218a4a4a47c"
          + "7f0804047800447d40004080847d007f1028440000417f40007c041804787c080404783844444438"
          + "fc2424241818242424fc7c080404084854545420043f4440203c4040207c1c2040201c3c4030403c"
          + "44281028441ca0a0a07c4464544c44000836410000007f000000413608000804081008";

  private BitmapFont() {}

  /** The text, or as much of its beginning as a width has room for, with two dots behind. */
  static String fitted(String text, int pixels) {
    String plain = plain(text);
    int room = (pixels + 1) / ADVANCE;
    if (plain.length() <= room) {
      return plain;
    }
    return room <= 2 ? plain.substring(0, Math.max(room, 0)) : plain.substring(0, room - 2) + "..";
  }

  /** Letters without their accents; each other character is one. */
  private static String plain(String text) {
    StringBuilder plain = new StringBuilder();
    Normalizer.normalize(text, Normalizer.Form.NFD)
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
        .forEach(c -> plain.append(c >= FIRST && c <= LAST ? (char) c : '\ufffd'));
    return plain.toString();
  }

  /**
   * Draws black letters.
   *
   * @param target 8-bit samples, of which the last is alpha if their number is even
   * @param left column of the first letter's left edge
   * @param top row of its upper edge
   * @param text what fits into the target
   */
  static void draw(WritableRaster target, int left, int top, String text) {
    String plain = plain(text);
    int[] black = new int[target.getNumBands()];
    if (black.length % 2 == 0) {
      black[black.length - 1] = 255;
    }
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      int at = 2 * COLUMNS * (c - FIRST);
      String glyph = c > LAST ? BOX : GLYPHS.substring(at, at + 2 * COLUMNS);
      for (int x = 0; x < COLUMNS; x++) {
        int bits = Integer.parseInt(glyph, 2 * x, 2 * x + 2, 16);
        for (int y = 0; y < HEIGHT; y++) {
          if (((bits >> y) & 1) == 1) {
            target.setPixel(left + ADVANCE * i + x, top + y, black);
          }
        }
      }
    }
  }
}
