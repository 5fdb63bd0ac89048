package ornstein.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
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

  /** Part of the curve that is averaged over. */
  private static final double SMOOTHED_PART = 0.05;

  private static final double LEAST = 1e-12;

  /** For equally spaced points, the library marks every so many of them, not round numbers. */
  private static final double NUDGE = 0.01;

  private final double[] steps;
  private final double[] losses;
  private final String raw;

  LossChart(LossHistory history) {
    List<LossHistory.Point> points = history.points();
    raw = history.windowSteps() == 1 ? "each step" : "mean of " + history.windowSteps() + " steps";
    steps = points.stream().mapToDouble(LossHistory.Point::step).toArray();
    // A logarithmic axis has no place for 0.
    losses = points.stream().mapToDouble(point -> Math.max(point.loss(), LEAST)).toArray();
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
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setXAxisTickMarkSpacingHint(100);
    chart.getStyler().setXAxisDecimalPattern("#,###");
    // The library's logarithmic axis names powers of ten only: mostly one, or none.
    chart.setCustomYAxisTickLabelsFormatter(
        log -> String.format(Locale.ROOT, "%.2g", Math.pow(10, log)));
    series(chart, raw, losses, RAW, 1);
    series(chart, "smoothed", smoothed(), SMOOTH, 2.5f);
    return chart;
  }

  private void series(XYChart chart, String name, double[] values, Color color, float width) {
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

  /** Running mean over both neighbourhoods; near the start a short one, for the loss falls fast. */
  private double[] smoothed() {
    double[] sums = new double[losses.length + 1];
    for (int i = 0; i < losses.length; i++) {
      sums[i + 1] = sums[i] + losses[i];
    }
    double[] result = new double[losses.length];
    int reach = (int) (SMOOTHED_PART * losses.length / 2);
    for (int i = 0; i < losses.length; i++) {
      int near = Math.min(reach, i / 2);
      int end = Math.min(losses.length, i + near + 1);
      result[i] = (sums[end] - sums[i - near]) / (end - (i - near));
    }
    return result;
  }
}
