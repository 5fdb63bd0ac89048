package ornstein.engine.io;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

/**
 * The header of an npy file: a Python dictionary literal with exactly the keys {@code descr},
 * {@code fortran_order} and {@code shape} (NumPy Enhancement Proposal 1).
 */
final class NpyHeader {
  private static final int MAX_RANK = 64;

  private final String text;
  private final String file;
  private final @Nullable String entry;
  private final long start;
  private int at;

  private @Nullable DType dtype;
  private @Nullable Boolean fortranOrder;
  private @Nullable Shape shape;

  private NpyHeader(String text, String file, @Nullable String entry, long start) {
    this.text = text;
    this.file = file;
    this.entry = entry;
    this.start = start;
  }

  /** What a header says. */
  record Fields(DType dtype, boolean fortranOrder, Shape shape) {}

  /** {@code start} is the text's byte offset; the text holds one character for each byte. */
  static Fields parse(String text, String file, @Nullable String entry, long start)
      throws FormatException {
    return new NpyHeader(text, file, entry, start).parse();
  }

  /** The dictionary as NumPy itself writes it, without padding. */
  static String format(DType dtype, Shape shape) {
    StringBuilder dims = new StringBuilder();
    for (int i = 0; i < shape.rank(); i++) {
      dims.append(i == 0 ? "" : ", ").append(shape.dim(i));
    }
    String tuple = shape.rank() == 1 ? dims + "," : dims.toString();
    return "{'descr': '"
        + dtype.numpyCode()
        + "', 'fortran_order': False, 'shape': ("
        + tuple
        + "), }";
  }

  private Fields parse() throws FormatException {
    Set<String> seen = new HashSet<>();
    expect('{');
    while (!accept('}')) {
      String key = string("a key");
      if (!seen.add(key)) {
        throw fault("key '" + FormatException.quote(key) + "' appears twice");
      }
      expect(':');
      switch (key) {
        case "descr" -> dtype = dtype();
        case "fortran_order" -> fortranOrder = bool();
        case "shape" -> shape = shape();
        default -> throw fault("unknown key '" + FormatException.quote(key) + "'");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skipBlanks();
    if (at != text.length()) {
      throw fault("something follows the header's dictionary");
    }
    if (dtype == null || fortranOrder == null || shape == null) {
      throw fault(
          (dtype == null ? "descr" : fortranOrder == null ? "fortran_order" : "shape")
              + " is missing from the header");
    }
    return new Fields(dtype, fortranOrder, shape);
  }

  private DType dtype() throws FormatException {
    skipBlanks();
    if (at < text.length() && text.charAt(at) == '[') {
      throw fault("structured arrays are not supported; save each field as an array of its own");
    }
    String code = string("descr");
    DType type = DType.ofNumpy(code);
    if (type == null) {
      throw fault(
          "element type '"
              + FormatException.quote(code)
              + "' is not supported; convert the array with .astype() to one of"
              + " <f4 <f8 <f2 <i4 <i8 |u1 |b1");
    }
    return type;
  }

  private boolean bool() throws FormatException {
    skipBlanks();
    for (String word : List.of("True", "False")) {
      if (text.startsWith(word, at)) {
        at += word.length();
        return word.equals("True");
      }
    }
    throw fault("fortran_order must be True or False");
  }

  private Shape shape() throws FormatException {
    List<Integer> dims = new ArrayList<>();
    expect('(');
    boolean comma = true;
    while (!accept(')')) {
      if (!comma) {
        throw fault("',' or ')' expected in shape");
      }
      if (dims.size() == MAX_RANK) {
        throw fault("shape has more than " + MAX_RANK + " axes");
      }
      dims.add(extent());
      comma = accept(',');
    }
    if (dims.size() == 1 && !comma) {
      throw fault("shape is a number in parentheses, not a tuple");
    }
    try {
      return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
    } catch (ShapeException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  private int extent() throws FormatException {
    skipBlanks();
    int from = at;
    long value = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      value = 10 * value + (text.charAt(at) - '0');
      if (value > Integer.MAX_VALUE) {
        throw fault("an extent in shape exceeds 2^31-1");
      }
      at++;
    }
    if (at == from) {
      throw fault("shape must hold whole numbers of at least 0");
    }
    // Python 2 wrote its long integers with this suffix.
    if (at < text.length() && text.charAt(at) == 'L') {
      at++;
    }
    return (int) value;
  }

  private String string(String what) throws FormatException {
    skipBlanks();
    char quote = at < text.length() ? text.charAt(at) : 0;
    int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
    if (end < 0) {
      throw fault(what + " must be a quoted text");
    }
    String value = text.substring(at + 1, end);
    at = end + 1;
    return value;
  }

  private void expect(char c) throws FormatException {
    if (!accept(c)) {
      throw fault("'" + c + "' expected in the header");
    }
  }

  private boolean accept(char c) {
    skipBlanks();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void skipBlanks() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
      at++;
    }
  }

  private FormatException fault(String problem) {
    return new FormatException(file, entry, start + at, problem);
  }
}
