package ornstein.cli;

import java.util.Arrays;
import java.util.Locale;
import ornstein.diffusion.train.LossQuartiles;

/** The curves of a run's loss as SVG for a page, whose style sheet gives the colours. */
final class LossSvg {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 420;
  private static final int LEFT = 56;
  private static final int RIGHT = 12;
  private static final int TOP = 10;
  private static final int BOTTOM = 26;

  /** About so many marks along the steps. */
  private static final int MARKS = 8;

  /** Of ten, among the numbers of 64 bits. */
  private static final int MOST_POWER = 308;

  private final LossCurves curves;
  private final double last;
  private final double least;
  private final double most;

  /**
   * Prepares the element.
   *
   * @param curves the curves, with a point at least
   */
  LossSvg(LossCurves curves) {
    this.curves = curves;
    double[] steps = curves.steps();
    last = steps[steps.length - 1];
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    double[][] all = new double[LossQuartiles.COUNT + 2][];
    all[0] = curves.losses();
    all[1] = curves.validated();
    for (int q = 0; q < LossQuartiles.COUNT; q++) {
      all[q + 2] = curves.smoothedQuarter(q);
    }
    for (double[] curve : all) {
      low = Math.min(low, Arrays.stream(curve).min().orElse(low));
      high = Math.max(high, Arrays.stream(curve).max().orElse(high));
    }
    least = low / 1.1;
    most = high * 1.1;
  }

  /** The element, and under it which curve is which. */
  String text() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " aria-label=\"loss by step, logarithmic\">%n",
            WIDTH,
            HEIGHT));
    marks(svg);
    curve(svg, "raw", curves.steps(), curves.losses());
    for (int q = 0; q < LossQuartiles.COUNT; q++) {
      curve(svg, "q" + q, curves.steps(), curves.smoothedQuarter(q));
    }
    curve(svg, "mean", curves.steps(), curves.smoothed());
    boolean held = curves.validated().length > 0;
    if (held) {
      curve(svg, "held", curves.validatedSteps(), curves.validated());
    }
    svg.append("</svg>\n<p class=\"dim\">");
    legend(svg, "raw", curves.raw());
    legend(svg, "mean", "smoothed");
    for (int q = 0; q < LossQuartiles.COUNT; q++) {
      legend(svg, "q" + q, LossCurves.QUARTERS.get(q));
    }
    if (held) {
      legend(svg, "held", "validation");
    }
    return svg.append("</p>\n").toString();
  }

  private void marks(StringBuilder svg) {
    double spacing = StrictMath.pow(10, Math.ceil(StrictMath.log10(Math.max(last, 1) / MARKS)));
    for (double part : new double[] {0.2, 0.5}) {
      if (spacing * part >= 1 && last / (spacing * part) <= MARKS) {
        spacing *= part;
        break;
      }
    }
    spacing = Math.max(spacing, 1);
    for (double step = 0; step <= last; step += spacing) {
      mark(svg, x(step), TOP, x(step), HEIGHT - BOTTOM);
      label(svg, x(step), HEIGHT - 8, "middle", String.format(Locale.ROOT, "%,.0f", step));
    }
    for (int power = (int) Math.floor(StrictMath.log10(least)); power <= MOST_POWER; power++) {
      for (int digit : new int[] {1, 2, 5}) {
        double loss = digit * StrictMath.pow(10, power);
        if (loss > most) {
          return;
        }
        if (loss >= least) {
          mark(svg, LEFT, y(loss), WIDTH - RIGHT, y(loss));
          label(svg, LEFT - 6, y(loss) + 4, "end", String.format(Locale.ROOT, "%.1g", loss));
        }
      }
    }
  }

  private static void mark(StringBuilder svg, double x1, double y1, double x2, double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" />%n",
            x1,
            y1,
            x2,
            y2));
  }

  private static void label(StringBuilder svg, double x, double y, String anchor, String words) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            words));
  }

  private double x(double step) {
    return LEFT + step / last * (WIDTH - LEFT - RIGHT);
  }

  private double y(double loss) {
    double part = StrictMath.log(loss / least) / StrictMath.log(most / least);
    return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
  }

  private void curve(StringBuilder svg, String style, double[] steps, double[] losses) {
    svg.append("<polyline class=\"").append(style).append("\" points=\"");
    for (int i = 0; i < steps.length; i++) {
      svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(steps[i]), y(losses[i])));
    }
    svg.append("\" />\n");
  }

  private static void legend(StringBuilder svg, String style, String words) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 24 8\" style=\"width:24px\" xmlns=\"http://www.w3.org/2000/svg\">"
                + "<polyline class=\"%s\" points=\"0,4 24,4\" /></svg> %s &#160; ",
            style,
            words));
  }
}
