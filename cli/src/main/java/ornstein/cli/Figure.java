package ornstein.cli;

import java.util.List;
import java.util.Locale;

/**
 * A figure of an evaluation with all that it depends on.
 *
 * @param name what it is, as in eval.csv
 * @param value its value
 * @param standardError of the value; NaN where there is none
 * @param samples number of images that it is of: generated ones, or for {@code held_out_copies}
 *     held-out ones; 0 for a figure of the model alone
 * @param of what made them, where they are from, or the model
 * @param reference the images compared with, or none
 * @param extractor what turned images into features, or none
 * @param details how it was computed, in few words
 */
record Figure(
    String name,
    double value,
    double standardError,
    int samples,
    String of,
    String reference,
    String extractor,
    String details) {
  static final List<String> COLUMNS =
      List.of(
          "figure",
          "value",
          "standard_error",
          "samples",
          "samples_of",
          "reference",
          "extractor",
          "details");

  /** What stands in the columns. */
  List<String> cells() {
    return List.of(
        name,
        number(value),
        Double.isNaN(standardError) ? "" : number(standardError),
        samples == 0 ? "" : Integer.toString(samples),
        of,
        reference,
        extractor,
        details);
  }

  private static String number(double value) {
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e9;
    return whole ? Long.toString((long) value) : String.format(Locale.ROOT, "%.6g", value);
  }

  /** One line for the terminal. */
  String line() {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-18s ", name));
    text.append(
        value == Math.rint(value) ? number(value) : String.format(Locale.ROOT, "%.5g", value));
    if (!Double.isNaN(standardError)) {
      text.append(String.format(Locale.ROOT, " ± %.2g", standardError));
    }
    text.append(" | ");
    if (samples > 0) {
      text.append(String.format(Locale.ROOT, "%,d samples of ", samples));
    }
    text.append(of);
    text.append(reference.isEmpty() ? "" : " | reference " + reference);
    text.append(extractor.isEmpty() ? "" : " | features " + extractor);
    return text.append(details.isEmpty() ? "" : " | " + details).toString();
  }
}
