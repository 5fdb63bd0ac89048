package ornstein.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import ornstein.diffusion.train.LossQuartiles;

/**
 * The loss over the steps of a run as a picture: each window's, a smoothed curve, and one for each
 * quarter of the chain.
 */
final class LossChart {
  private static final Color RAW = new Color(0xa8c4e0);
  private static final Color SMOOTH = new Color(0x1f4e79);
  private static final Color VALIDATION = new Color(0x7030a0);

  /** Of the quarters of the chain. */
  private static final List<Color> COLORS =
      List.of(new Color(0xc0504d), new Color(0xe0a030), new Color(0x7aa84a), new Color(0x808080));

  /** For equally spaced points, the library marks every so many of them, not round numbers. */
  private static final double NUDGE = 0.01;

  private final LossCurves curves;

  /** Prepares the picture. */
  LossChart(LossCurves curves) {
    this.curves = curves;
  }

  /** Writes the picture as PNG. */
  void save(Path file) throws IOException {
    LogChart.save(chart(), file);
  }

  private XYChart chart() {
    XYChart chart =
        LogChart.of("Training loss", "step", "loss (log scale)", LegendPosition.InsideNE);
    chart.getStyler().setXAxisTickMarkSpacingHint(100);
    chart.getStyler().setXAxisDecimalPattern("#,###");
    series(chart, curves.raw(), curves.losses(), RAW, 1);
    for (int q = 0; q < LossQuartiles.COUNT; q++) {
      series(chart, LossCurves.QUARTERS.get(q), curves.smoothedQuarter(q), COLORS.get(q), 1.5f);
    }
    series(chart, "smoothed", curves.smoothed(), SMOOTH, 2.5f);
    double[] validated = curves.validated();
    if (validated.length > 0) {
      series(chart, "validation", curves.validatedSteps(), validated, VALIDATION, 2.5f);
    }
    return chart;
  }

  private void series(XYChart chart, String name, double[] values, Color color, float width) {
    series(chart, name, curves.steps(), values, color, width);
  }

  private static void series(
      XYChart chart, String name, double[] steps, double[] values, Color color, float width) {
    double[] logs = Arrays.stream(values).map(Math::log10).toArray();
    XYSeries series = chart.addSeries(name, preceded(steps, -NUDGE), preceded(logs, 0));
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }

  /** The values after a copy of the first that is moved a little. */
  private static double[] preceded(double[] values, double move) {
    return DoubleStream.concat(DoubleStream.of(values[0] + move), Arrays.stream(values)).toArray();
  }
}
