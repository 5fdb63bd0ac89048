package ornstein.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/** Draws points, paths and arrows of the square from −3 to 3. */
final class PlanarCanvas {
  private static final int SIDE = 480;

  /** Half of what is seen in each direction. */
  static final double REACH = 3;

  private static final Color INK = new Color(0x1f, 0x4e, 0x79, 0x90);
  private static final Color PALE = new Color(0xb0, 0xb0, 0xb0, 0x70);
  private static final Color PATH = new Color(0x1f, 0x4e, 0x79, 0x50);
  private static final Color END = new Color(0xc0, 0x39, 0x2b);
  private static final double POINT = 2.4;

  private final BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
  private final Graphics2D pen = image.createGraphics();

  PlanarCanvas() {
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, SIDE, SIDE);
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    pen.setColor(new Color(0xe8e8e8));
    pen.draw(new Line2D.Double(column(0), 0, column(0), SIDE));
    pen.draw(new Line2D.Double(0, row(0), SIDE, row(0)));
  }

  private static double column(double x) {
    return (x + REACH) / (2 * REACH) * SIDE;
  }

  private static double row(double y) {
    return SIDE - column(y);
  }

  /** Points, the coordinates of one after those of the other. */
  PlanarCanvas points(float[] xy) {
    return dots(xy, INK, POINT);
  }

  /** The same in the background. */
  PlanarCanvas background(float[] xy) {
    return dots(xy, PALE, POINT);
  }

  private PlanarCanvas dots(float[] xy, Color color, double size) {
    pen.setColor(color);
    for (int i = 0; i < xy.length; i += 2) {
      double x = column(xy[i]);
      double y = row(xy[i + 1]);
      pen.fill(new Ellipse2D.Double(x - size / 2, y - size / 2, size, size));
    }
    return this;
  }

  /**
   * The ways of some points.
   *
   * @param places the points at each time, [times][2 N]
   * @param count how many of them
   */
  PlanarCanvas paths(float[][] places, int count) {
    pen.setColor(PATH);
    pen.setStroke(new BasicStroke(1f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    for (int i = 0; i < count; i++) {
      Path2D path = new Path2D.Double();
      for (int t = 0; t < places.length; t++) {
        double x = column(places[t][2 * i]);
        double y = row(places[t][2 * i + 1]);
        if (t == 0) {
          path.moveTo(x, y);
        } else {
          path.lineTo(x, y);
        }
      }
      pen.draw(path);
    }
    float[] ends = Arrays.copyOf(places[places.length - 1], 2 * count);
    return dots(ends, END, 1.6 * POINT);
  }

  /**
   * Arrows on a square grid, the longest as long as the grid is wide.
   *
   * @param from where they begin, as {@link #points}
   * @param field their directions, in the same order
   * @param spacing between neighbours of the grid
   */
  PlanarCanvas arrows(float[] from, float[] field, double spacing) {
    double longest = 0;
    for (int i = 0; i < field.length; i += 2) {
      longest = Math.max(longest, Math.hypot(field[i], field[i + 1]));
    }
    pen.setColor(new Color(0x1f4e79));
    pen.setStroke(new BasicStroke(1.1f));
    for (int i = 0; i < field.length; i += 2) {
      double size = Math.hypot(field[i], field[i + 1]);
      // Roots, so that short arrows can be seen beside long ones.
      double scale = size == 0 ? 0 : spacing * Math.sqrt(size / longest) / size;
      double x = column(from[i]);
      double y = row(from[i + 1]);
      double endX = column(from[i] + scale * field[i]);
      double endY = row(from[i + 1] + scale * field[i + 1]);
      pen.draw(new Line2D.Double(x, y, endX, endY));
      double angle = Math.atan2(endY - y, endX - x);
      for (double side : new double[] {2.6, -2.6}) {
        pen.draw(
            new Line2D.Double(
                endX, endY, endX + 3 * Math.cos(angle + side), endY + 3 * Math.sin(angle + side)));
      }
    }
    return this;
  }

  /** A line of text in the upper left corner. */
  PlanarCanvas title(String text) {
    pen.setColor(Color.DARK_GRAY);
    pen.drawString(text, 8, 16);
    return this;
  }

  /** The picture. */
  BufferedImage image() {
    return image;
  }
}
