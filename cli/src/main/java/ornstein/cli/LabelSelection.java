package ornstein.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The classes that the command line asks for, out of those that a model knows. */
final class LabelSelection {
  private static final int NAMED_IN_ERROR = 20;

  private final UsageCheck usage;
  private final int classes;
  private final List<String> names;

  /**
   * Prepares to read labels.
   *
   * @param usage the command that is given them
   * @param classes number of the model's classes
   * @param names their names; empty if they have none
   */
  LabelSelection(UsageCheck usage, int classes, List<String> names) {
    this.usage = usage;
    this.classes = classes;
    this.names = names;
  }

  /**
   * The class of each image: those asked for, equally often, in the order given.
   *
   * @param text one class's name or number, or several with commas between
   * @param count number of images
   */
  List<Integer> labels(String text, int count) {
    usage.require(classes > 0, "--label " + text + ": the model has no classes; leave --label out");
    List<Integer> wanted = new ArrayList<>();
    if (names.contains(text)) {
      wanted.add(names.indexOf(text)); // the name may hold a comma
    } else {
      for (String part : text.split(",", -1)) {
        wanted.add(label(part.strip()));
      }
    }
    usage.require(
        wanted.size() <= count,
        "--label asks for "
            + wanted.size()
            + " classes, but -n for "
            + count
            + " images; give a greater -n");
    if (wanted.size() == 1) {
      return wanted;
    }
    List<Integer> labels = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      labels.add(wanted.get((int) ((long) i * wanted.size() / count)));
    }
    return Collections.unmodifiableList(labels);
  }

  /** A name goes before a number, for names may be numbers. */
  private int label(String text) {
    int named = names.contains(text) ? names.indexOf(text) : inAnyCase(text);
    if (named >= 0) {
      return named;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number < classes) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw unknown(text);
    }
    throw unknown(text);
  }

  /** The only class of that name whatever its capitals, or −1. */
  private int inAnyCase(String text) {
    int[] alike =
        IntStream.range(0, names.size()).filter(i -> names.get(i).equalsIgnoreCase(text)).toArray();
    return alike.length == 1 ? alike[0] : -1;
  }

  private RuntimeException unknown(String text) {
    StringBuilder known = new StringBuilder("0 to " + (classes - 1));
    if (!names.isEmpty() && !names.get(0).equals("0")) {
      known.append(", named ");
      known.append(String.join(", ", names.subList(0, Math.min(names.size(), NAMED_IN_ERROR))));
      known.append(names.size() > NAMED_IN_ERROR ? ", ..." : "");
    }
    return usage.error("--label: the model has no class '" + text + "'; it has " + known);
  }
}
