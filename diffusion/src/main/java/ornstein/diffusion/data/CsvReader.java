package ornstein.diffusion.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ornstein.engine.io.FormatException;

/**
 * One image on each line: its pixels as whole numbers, {@code [H, W, C]} with channels interleaved,
 * and possibly a label in the last column (in the first, if the options or a header line say so).
 * What the columns mean follows from their number: the image size of the options, else a square of
 * the options' channels, else a square of one channel.
 */
final class CsvReader implements DatasetReader {
  private record Layout(int height, int width, int channels, boolean labelled) {
    int pixels() {
      return height * width * channels;
    }
  }

  @Override
  public ImageDataset read(Path path, DatasetOptions options) throws IOException {
    try (ByteSource in = ByteSource.open(path)) {
      return read(path, in, options);
    }
  }

  /** Reads from an open source; {@code path} is only named in errors. */
  static ImageDataset read(Path path, ByteSource in, DatasetOptions options) throws IOException {
    CsvRows rows = new CsvRows(in);
    boolean more = rows.advance();
    if (!more) {
      throw in.bad("holds no rows; give a csv file with an image on each line");
    }
    Layout layout = layout(rows, options);
    boolean labelFirst =
        switch (options.labels()) {
          case FIRST_COLUMN -> true;
          case LAST_COLUMN -> false;
          case AUTO, PREFIX, NONE -> rows.labelColumnFirst();
        };
    PixelBudget budget = new PixelBudget(path);
    List<byte[]> images = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    int greatest = 0;
    for (; more; more = rows.advance()) {
      if (layout.labelled()) {
        labels.add(rows.whole(labelFirst ? 0 : layout.pixels(), MemoryImages.MAX_CLASSES - 1));
      }
      int first = layout.labelled() && labelFirst ? 1 : 0;
      byte[] pixels = new byte[layout.pixels()];
      for (int k = 0; k < pixels.length; k++) {
        int v = rows.whole(first + k, options.maxValue() == 0 ? 255 : options.maxValue());
        greatest = Math.max(greatest, v);
        pixels[k] = (byte) v;
      }
      if (options.limit() == 0 || images.size() < options.limit()) {
        // Rows beyond the limit still count towards the classes and the greatest value.
        budget.take(pixels.length);
        images.add(pixels);
      }
    }
    int maxValue = options.maxValue() > 0 ? options.maxValue() : maxValue(greatest);
    MemoryImages.Builder builder = new MemoryImages.Builder(path, options);
    for (byte[] pixels : images) {
      builder.add(
          new PixelImage(layout.height(), layout.width(), layout.channels(), maxValue, pixels));
    }
    if (!layout.labelled() || options.labels() == LabelChoice.NONE) {
      return builder.build(new int[0], List.of());
    }
    int[] numbers = labels.stream().mapToInt(Integer::intValue).toArray();
    if ((options.labels() == LabelChoice.AUTO || options.labels() == LabelChoice.PREFIX)
        && !rows.labelColumnFirst()) {
      requireLabels(path, numbers);
    }
    return builder.build(numbers, MemoryImages.numberedClasses(path, numbers));
  }

  /** Pixels taken for labels would train a model on nonsense: more classes than images show it. */
  private static void requireLabels(Path path, int[] numbers) throws IOException {
    int classes = Arrays.stream(numbers).max().orElse(-1) + 1;
    if (classes > numbers.length) {
      throw DatasetReader.bad(
          path,
          "its last column would be the labels of "
              + classes
              + " classes for "
              + numbers.length
              + " images; say where the labels are (--labels first_column, last_column or none)");
    }
  }

  private static int maxValue(int greatest) {
    if (greatest <= 1) {
      return 1;
    }
    return greatest <= 16 ? 16 : 255;
  }

  private static Layout layout(CsvRows rows, DatasetOptions options) throws FormatException {
    int columns = rows.columns();
    int channels = Math.max(options.channels(), 1);
    for (int c : new int[] {channels, 1}) {
      for (int label = 0; label <= 1; label++) {
        if ((long) options.height() * options.width() * c == columns - label) {
          return new Layout(options.height(), options.width(), c, label == 1);
        }
      }
    }
    for (int c : new int[] {channels, 1}) {
      for (int label = 0; label <= 1; label++) {
        int area = (columns - label) / c;
        int side = (int) Math.sqrt(area);
        if (side > 0 && side * side * c == columns - label) {
          return new Layout(side, side, c, label == 1);
        }
      }
    }
    throw rows.bad(
        "has "
            + columns
            + " columns, which are neither the pixels of "
            + (options.height() == 0
                ? "a square image"
                : "a " + options.height() + "x" + options.width() + " image")
            + " of "
            + channels
            + (channels == 1 ? " channel" : " channels")
            + " nor those and a label; say what they are (--size HxW, --channels C)");
  }
}
