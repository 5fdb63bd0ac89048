package ornstein.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import ornstein.diffusion.data.Images;

/** The loss over the steps of a run as a picture: each window's, and a smoothed curve. */
final class LossChart {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 540;
  private static final Color RAW = new Color(0xa8c4e0);
  private static final Color SMOOTH = new Color(0x1f4e79);

  /** Part of the curve that the smoothing looks back over. */
  private static final double LOOK_BACK = 0.05;

  private final double[] steps;
  private final double[] losses;
  private final String raw;

  LossChart(LossHistory history) {
    // A logarithmic axis has no place for 0.
    List<LossHistory.Point> points =
        history.points().stream().filter(point -> point.loss() > 0).toList();
    raw = history.windowSteps() == 1 ? "each step" : "mean of " + history.windowSteps() + " steps";
    steps = points.stream().mapToDouble(LossHistory.Point::step).toArray();
    losses = points.stream().mapToDouble(LossHistory.Point::loss).toArray();
  }

  /** Writes the picture as PNG. */
  void save(Path file) throws IOException {
    Images.savePng(file, BitmapEncoder.getBufferedImage(chart()));
  }

  private XYChart chart() {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Training loss")
            .xAxisTitle("step")
            .yAxisTitle("mean squared error (log scale)")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisDecimalPattern("#,###");
    // The library's logarithmic axis names powers of ten only: mostly one, or none.
    chart.setCustomYAxisTickLabelsFormatter(
        log -> String.format(Locale.ROOT, "%.3g", Math.pow(10, log)));
    series(chart, raw, losses, RAW, 1);
    series(chart, "smoothed", smoothed(), SMOOTH, 2.5f);
    return chart;
  }

  private void series(XYChart chart, String name, double[] values, Color color, float width) {
    XYSeries series =
        chart.addSeries(name, steps, Arrays.stream(values).map(Math::log10).toArray());
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }

  /** Exponential average; at the beginning the plain mean of what there is. */
  private double[] smoothed() {
    double[] result = new double[losses.length];
    double look = Math.max(1, LOOK_BACK * losses.length);
    double mean = 0;
    for (int i = 0; i < losses.length; i++) {
      mean += Math.max(1.0 / (i + 1), 1 / look) * (losses[i] - mean);
      result[i] = mean;
    }
    return result;
  }
}
