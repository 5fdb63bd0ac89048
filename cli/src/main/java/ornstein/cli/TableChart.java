package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The measured rows of a reproduced table as curves over its columns, on a logarithmic scale. */
final class TableChart {
  private final ReproducedTable table;

  TableChart(ReproducedTable table) {
    this.table = table;
  }

  /** Writes the picture as PNG. */
  void save(Path file) throws IOException {
    LogChart.save(chart(), file);
  }

  private XYChart chart() {
    XYChart chart = LogChart.of(table.title(), "", "log scale", LegendPosition.OutsideE);
    List<String> columns = measuredColumns();
    chart.getStyler().setXAxisMax((double) Math.max(1, columns.size() - 1));
    chart.getStyler().setXAxisMaxLabelCount(Math.max(2, columns.size()));
    chart.setCustomXAxisTickLabelsFormatter(
        x -> {
          int i = (int) Math.round(x);
          boolean named = Math.abs(x - i) < 1e-6 && i < columns.size();
          return named ? columns.get(i) : " ";
        });
    for (ReproducedTable.Row row : table.rows()) {
      if (row.source().equals(ReproducedTable.MEASURED)) {
        add(chart, row);
      }
    }
    return chart;
  }

  /** All but those at the end that have published values only. */
  private List<String> measuredColumns() {
    int last = 0;
    for (ReproducedTable.Row row : table.rows()) {
      for (int i = 0; i < row.values().size(); i++) {
        boolean drawn = row.source().equals(ReproducedTable.MEASURED) && row.values().get(i) > 0;
        last = drawn ? Math.max(last, i) : last;
      }
    }
    return table.columns().subList(0, last + 1);
  }

  private static void add(XYChart chart, ReproducedTable.Row row) {
    int[] drawn =
        IntStream.range(0, row.values().size()).filter(i -> row.values().get(i) > 0).toArray();
    if (drawn.length == 0) {
      return; // a logarithmic axis has no place for 0
    }
    double[] x = IntStream.of(drawn).asDoubleStream().toArray();
    double[] y = IntStream.of(drawn).mapToDouble(i -> Math.log10(row.values().get(i))).toArray();
    double[] errors = IntStream.of(drawn).mapToDouble(i -> logError(row, i)).toArray();
    XYSeries series =
        Arrays.stream(errors).anyMatch(e -> e > 0)
            ? chart.addSeries(row.name(), x, y, errors)
            : chart.addSeries(row.name(), x, y);
    series.setLineWidth(2);
  }

  /** The error of a logarithm; 0 where none is known. */
  private static double logError(ReproducedTable.Row row, int column) {
    double error = row.errors().get(column);
    return Double.isNaN(error) ? 0 : error / row.values().get(column) / Math.log(10);
  }
}
