package ornstein.diffusion.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import ornstein.engine.io.FormatException;

/** Splits lines into columns; numbers them for errors. */
final class CsvRows {
  private static final int LONGEST_LINE = 1 << 28;
  private static final List<String> LABEL_NAMES = List.of("label", "class", "target", "y");
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final ByteSource in;
  private byte[] text = new byte[1 << 12];
  private int length;
  private long line;
  private char separator;
  private int[] starts = new int[0];
  private int[] ends = new int[0];
  private int columns;
  private boolean labelColumnFirst;

  CsvRows(ByteSource in) {
    this.in = in;
  }

  int columns() {
    return columns;
  }

  /** Whether a header line calls the first column the label. */
  boolean labelColumnFirst() {
    return labelColumnFirst;
  }

  /** Moves to the next row of numbers; false at the end. */
  boolean advance() throws IOException {
    while (readLine()) {
      if (length == 0 || text[0] == '#') {
        continue;
      }
      boolean firstRow = separator == 0;
      if (firstRow) {
        separator = separatorOf(new String(text, 0, length, StandardCharsets.UTF_8));
      }
      int before = columns;
      split();
      if (firstRow && isHeader()) {
        labelColumnFirst = LABEL_NAMES.contains(name(0));
        continue;
      }
      if (!firstRow && columns != before) {
        throw bad(
            "has "
                + columns
                + " columns, but the rows before have "
                + before
                + "; mend or remove the line");
      }
      return true;
    }
    return false;
  }

  /** The whole number 0 to {@code most} in a column. */
  int whole(int column, int most) throws FormatException {
    int start = starts[column];
    int end = ends[column];
    int v = 0;
    boolean digits = end > start && end - start <= 6;
    for (int i = start; digits && i < end; i++) {
      int d = text[i] - '0';
      digits = d >= 0 && d <= 9;
      v = v * 10 + d;
    }
    if (!digits) {
      v = wholeOfDecimal(column);
    }
    if (v < 0 || v > most) {
      throw notWhole(column, most);
    }
    return v;
  }

  // "5.0" and "5.000e+00", as numpy.savetxt writes them
  private int wholeOfDecimal(int column) {
    try {
      double d = Double.parseDouble(token(column));
      return d == Math.rint(d) && Math.abs(d) < Integer.MAX_VALUE ? (int) d : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private FormatException notWhole(int column, int most) {
    String token = token(column);
    return bad(
        "column "
            + (column + 1)
            + " is '"
            + (token.length() > 20 ? token.substring(0, 20) + "…" : token)
            + "', not a whole number from 0 to "
            + most
            + "; store pixels as whole numbers and labels numbered from 0");
  }

  /** An error at the current line. */
  FormatException bad(String problem) {
    return in.bad("line " + line + " " + problem);
  }

  private String token(int column) {
    return new String(text, starts[column], ends[column] - starts[column], StandardCharsets.UTF_8);
  }

  private String name(int column) {
    return token(column).replace("\"", "").strip().toLowerCase(Locale.ROOT);
  }

  private boolean isHeader() {
    if (LABEL_NAMES.contains(name(0)) || LABEL_NAMES.contains(name(columns - 1))) {
      return true;
    }
    for (int c = 0; c < columns; c++) {
      if (wholeOfDecimal(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static char separatorOf(String line) {
    for (char c : new char[] {',', ';', '\t'}) {
      if (line.indexOf(c) >= 0) {
        return c;
      }
    }
    return ' ';
  }

  private boolean readLine() throws IOException {
    length = 0;
    line++;
    int b = in.next();
    if (b < 0) {
      return false;
    }
    for (; b >= 0 && b != '\n'; b = in.next()) {
      if (length == LONGEST_LINE) {
        throw bad("has more than " + LONGEST_LINE + " characters; is this a csv file?");
      }
      if (length == text.length) {
        text = Arrays.copyOf(text, 2 * length);
      }
      text[length++] = (byte) b;
    }
    if (line == 1 && length >= 3 && Arrays.equals(text, 0, 3, BYTE_ORDER_MARK, 0, 3)) {
      length -= 3;
      System.arraycopy(text, 3, text, 0, length);
    }
    while (length > 0 && text[length - 1] <= ' ' && text[length - 1] >= 0) {
      length--;
    }
    return true;
  }

  private void split() {
    columns = 0;
    int i = 0;
    while (i <= length) {
      while (i < length && text[i] == ' ') {
        i++;
      }
      int start = i;
      while (i < length && text[i] != separator) {
        i++;
      }
      int end = i;
      while (end > start && text[end - 1] == ' ') {
        end--;
      }
      if (columns == starts.length) {
        starts = Arrays.copyOf(starts, Math.max(64, 2 * columns));
        ends = Arrays.copyOf(ends, starts.length);
      }
      starts[columns] = start;
      ends[columns++] = end;
      i++;
    }
  }
}
