package ornstein.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The course of a training run in bounded memory, for a picture. When there are too many rows,
 * neighbours are merged in pairs, and later rows stand for twice as many steps.
 */
final class LossHistory {
  private static final int MOST_ROWS = 4096;

  private final int mostRows;
  private final List<MetricsRow> rows = new ArrayList<>();
  private final List<MetricsRow> validated = new ArrayList<>();
  private int merged = 1;
  private final List<MetricsRow> pending = new ArrayList<>();

  /** A history of some thousand rows. */
  LossHistory() {
    this(MOST_ROWS);
  }

  /**
   * A history of so many rows.
   *
   * @param mostRows an even number
   */
  LossHistory(int mostRows) {
    this.mostRows = mostRows;
  }

  /** Takes a row in; rows stand for equally many steps each, but for the last of a run. */
  void add(MetricsRow row) {
    if (!row.validation().isEmpty()) {
      validated.add(row);
    }
    pending.add(row);
    if (pending.size() == merged) {
      rows.add(MetricsRow.mean(pending));
      pending.clear();
      if (rows.size() == mostRows) {
        merge();
      }
    }
  }

  private void merge() {
    List<MetricsRow> half = new ArrayList<>(mostRows);
    for (int i = 0; i < rows.size(); i += 2) {
      half.add(MetricsRow.mean(rows.subList(i, i + 2)));
    }
    rows.clear();
    rows.addAll(half);
    merged *= 2;
  }

  boolean isEmpty() {
    return rows.isEmpty() && pending.isEmpty();
  }

  /** How many of the rows that were taken in one of {@link #rows} stands for. */
  int merged() {
    return merged;
  }

  /** The rows in order. */
  List<MetricsRow> rows() {
    List<MetricsRow> all = new ArrayList<>(rows);
    if (!pending.isEmpty()) {
      all.add(MetricsRow.mean(pending));
    }
    return all;
  }

  /** The rows with a validation loss, all of them. */
  List<MetricsRow> validated() {
    return List.copyOf(validated);
  }
}
