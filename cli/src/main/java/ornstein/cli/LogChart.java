package ornstein.cli;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import ornstein.diffusion.data.Images;

/**
 * What all charts have in common: their size, and a logarithmic axis. The library's own names
 * powers of ten only: mostly one, or none. So values are given as decimal logarithms.
 */
final class LogChart {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 540;

  private LogChart() {}

  /**
   * An empty chart.
   *
   * @param title above it
   * @param xTitle what runs to the right
   * @param yTitle what runs up
   * @param legend where series are named
   */
  static XYChart of(String title, String xTitle, String yTitle, LegendPosition legend) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    chart.getStyler().setLegendPosition(legend);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisMin(0.0);
    chart.setCustomYAxisTickLabelsFormatter(
        log -> String.format(Locale.ROOT, log < 2 ? "%.2g" : "%,.0f", Math.pow(10, log)));
    return chart;
  }

  /** Writes a chart as PNG. */
  static void save(XYChart chart, Path file) throws IOException {
    Images.savePng(file, BitmapEncoder.getBufferedImage(chart));
  }
}
