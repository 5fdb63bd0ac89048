package ornstein.bench.peers;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import ornstein.diffusion.data.Images;

/** The ratios as bars: below the line at 1, Ornstein is faster. */
final class RatioChart {
  private static final int WIDTH_PER_FIGURE = 42;
  private static final int LEAST_WIDTH = 640;
  private static final int HEIGHT = 720;
  private static final Color TORCH = new Color(0xd9603b);
  private static final Color ONNX = new Color(0x4a7ebb);

  private final List<Results.Row> rows;
  private final int threads;

  RatioChart(List<Results.Row> rows, int threads) {
    this.rows = rows;
    this.threads = threads;
  }

  /** Writes the picture as PNG. */
  void save(Path file) throws IOException {
    Images.savePng(file, BitmapEncoder.getBufferedImage(chart()));
  }

  private CategoryChart chart() {
    List<String> names =
        rows.stream().map(r -> r.ornstein().group() + " " + r.ornstein().figure()).toList();
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Math.max(LEAST_WIDTH, WIDTH_PER_FIGURE * rows.size()))
            .height(HEIGHT)
            .title("Ornstein's time over the other library's, threads " + threads)
            .yAxisTitle("ratio, below 1 Ornstein is faster")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisLabelRotation(90);
    chart.getStyler().setYAxisMin(0.0);
    series(chart, names, Library.PYTORCH, TORCH);
    series(chart, names, Library.ONNX_RUNTIME, ONNX);
    chart.addAnnotation(new AnnotationLine(1, false, false));
    return chart;
  }

  private void series(CategoryChart chart, List<String> names, Library library, Color color) {
    List<@Nullable Double> ratios =
        rows.stream().<@Nullable Double>map(row -> orNull(row.ratio(library))).toList();
    chart.addSeries(library.title(), names, ratios).setFillColor(color);
  }

  /** The chart leaves a gap where there is no value. */
  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
