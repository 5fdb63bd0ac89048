package ornstein.diffusion.scheduler;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import ornstein.nn.family.JsonObject;

/** The members of a scheduler's configuration; it remembers which were asked for. */
final class Options {
  private final JsonObject json;
  private final Map<String, ?> members;
  private final Set<String> asked = new HashSet<>();

  Options(Map<String, ?> members) {
    this.json = new JsonObject("scheduler_config.json", members);
    this.members = members;
  }

  private String asking(String name) {
    asked.add(name);
    return name;
  }

  boolean isNull(String name) {
    return json.isNull(asking(name));
  }

  boolean flag(String name, boolean missing) {
    return json.flag(asking(name), missing);
  }

  int integer(String name, int missing) {
    return json.integer(asking(name), missing);
  }

  double number(String name, double missing) {
    return json.number(asking(name), missing);
  }

  /** A number that may be -Infinity, which it is where it is missing; some parsers read a text. */
  double numberOrInfinity(String name) {
    Object value = members.get(asking(name));
    boolean infinite =
        value == null || value.equals("-Infinity") || value.equals(Double.NEGATIVE_INFINITY);
    return infinite ? Double.NEGATIVE_INFINITY : json.number(name, 0);
  }

  String text(String name, String missing) {
    return json.text(asking(name), missing);
  }

  List<Integer> integers(String name) {
    return json.integers(asking(name), List.of());
  }

  /** Numbers of a list that is not null. */
  float[] numbers(String name) {
    if (!(members.get(asking(name)) instanceof List<?> list)) {
      throw json.error(name, "must be a list of numbers, not " + members.get(name));
    }
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      if (!(list.get(i) instanceof Number n)) {
        throw json.error(name, "must hold numbers, not " + list.get(i));
      }
      values[i] = (float) n.doubleValue();
    }
    return values;
  }

  /** A constant whose name in lower case is the text. */
  <E extends Enum<E>> E choice(String name, E missing, List<E> known) {
    String text = text(name, spelled(missing));
    for (E each : known) {
      if (spelled(each).equals(text)) {
        return each;
      }
    }
    throw notOneOf(name, text, known.stream().map(Options::spelled).toList());
  }

  private static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** The error about a text that is none of those known. */
  IllegalArgumentException notOneOf(String name, String text, List<String> known) {
    return json.error(
        name, "is '" + text + "', which is not known; choose " + String.join(", ", known));
  }

  /** Refuses what diffusers can do and this package cannot. */
  void requireFalse(String name, String remedy) {
    require(!flag(name, false), name, "must be false; " + remedy);
  }

  void require(boolean condition, String name, String what) {
    json.require(condition, name, what);
  }

  IllegalArgumentException error(String name, String what) {
    return json.error(name, what);
  }

  /** The members that nobody asked for, without those of the file itself, in order. */
  List<String> unknown() {
    List<String> names = new ArrayList<>();
    for (String name : members.keySet()) {
      if (!name.startsWith("_") && !asked.contains(name)) {
        names.add(name);
      }
    }
    names.sort(null);
    return List.copyOf(names);
  }
}
