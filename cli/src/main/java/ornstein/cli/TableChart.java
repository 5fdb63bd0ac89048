package ornstein.cli;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import ornstein.diffusion.data.Images;

/** The measured rows of a reproduced table as curves over its columns, on a logarithmic scale. */
final class TableChart {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 540;

  private final ReproducedTable table;

  TableChart(ReproducedTable table) {
    this.table = table;
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
            .title(table.title())
            .yAxisTitle("log scale")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    List<String> columns = table.columns();
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setXAxisMax((double) Math.max(1, columns.size() - 1));
    chart.getStyler().setXAxisMaxLabelCount(Math.max(2, columns.size()));
    chart.setCustomXAxisTickLabelsFormatter(
        x -> {
          int i = (int) Math.round(x);
          boolean named = Math.abs(x - i) < 1e-6 && i < columns.size();
          return named ? columns.get(i) : " ";
        });
    chart.setCustomYAxisTickLabelsFormatter(
        log -> String.format(Locale.ROOT, "%.2g", Math.pow(10, log)));
    for (ReproducedTable.Row row : table.rows()) {
      if (row.source().equals(ReproducedTable.MEASURED)) {
        add(chart, row);
      }
    }
    return chart;
  }

  private static void add(XYChart chart, ReproducedTable.Row row) {
    int[] drawn =
        IntStream.range(0, row.values().size()).filter(i -> row.values().get(i) > 0).toArray();
    if (drawn.length == 0) {
      return; // a logarithmic axis has no place for 0
    }
    double[] x = IntStream.of(drawn).asDoubleStream().toArray();
    double[] y = IntStream.of(drawn).mapToDouble(i -> Math.log10(row.values().get(i))).toArray();
    XYSeries series = chart.addSeries(row.name(), x, y);
    series.setLineWidth(2);
  }
}
