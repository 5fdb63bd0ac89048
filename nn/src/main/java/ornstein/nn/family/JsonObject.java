package ornstein.nn.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object, asked for by name and kind; what is missing has its default.
 *
 * @param source the file, for messages
 * @param members texts, numbers, booleans, lists, null
 */
public record JsonObject(String source, Map<String, ?> members) {

  /**
   * Whether a member is there.
   *
   * @param name its name
   * @return whether it is, null or not
   */
  public boolean isGiven(String name) {
    return members.containsKey(name);
  }

  /**
   * Whether a member is missing or null.
   *
   * @param name its name
   * @return whether it says nothing
   */
  public boolean isNull(String name) {
    return members.get(name) == null;
  }

  /**
   * A whole number.
   *
   * @param name its name
   * @param missing what it is where it is missing or null
   * @return the number
   * @throws IllegalArgumentException if it is none
   */
  public int integer(String name, int missing) {
    Object value = members.get(name);
    if (value == null) {
      return missing;
    }
    return asInteger(name, value);
  }

  private int asInteger(String name, @Nullable Object value) {
    if (value instanceof Number n && n.doubleValue() == n.intValue()) {
      return n.intValue();
    }
    throw error(name, "must be a whole number, not " + value);
  }

  /**
   * A number.
   *
   * @param name its name
   * @param missing what it is where it is missing or null
   * @return the number
   * @throws IllegalArgumentException if it is none
   */
  public double number(String name, double missing) {
    Object value = members.get(name);
    if (value == null) {
      return missing;
    }
    if (value instanceof Number n && Double.isFinite(n.doubleValue())) {
      return n.doubleValue();
    }
    throw error(name, "must be a number, not " + value);
  }

  /**
   * A truth value.
   *
   * @param name its name
   * @param missing what it is where it is missing or null
   * @return the value
   * @throws IllegalArgumentException if it is none
   */
  public boolean flag(String name, boolean missing) {
    Object value = members.get(name);
    if (value == null) {
      return missing;
    }
    if (value instanceof Boolean b) {
      return b;
    }
    throw error(name, "must be true or false, not " + value);
  }

  /**
   * A text.
   *
   * @param name its name
   * @param missing what it is where it is missing or null
   * @return the text
   * @throws IllegalArgumentException if it is none
   */
  public String text(String name, String missing) {
    Object value = members.get(name);
    if (value == null) {
      return missing;
    }
    if (value instanceof String s) {
      return s;
    }
    throw error(name, "must be a text, not " + value);
  }

  /**
   * Whole numbers.
   *
   * @param name their name
   * @param missing what they are where they are missing or null
   * @return the numbers
   * @throws IllegalArgumentException if they are none
   */
  public List<Integer> integers(String name, List<Integer> missing) {
    if (isNull(name)) {
      return missing;
    }
    List<Integer> all = new ArrayList<>();
    for (Object each : list(name)) {
      all.add(asInteger(name, each));
    }
    return all;
  }

  /**
   * Texts.
   *
   * @param name their name
   * @param missing what they are where they are missing or null
   * @return the texts
   * @throws IllegalArgumentException if they are none
   */
  public List<String> texts(String name, List<String> missing) {
    if (isNull(name)) {
      return missing;
    }
    List<String> all = new ArrayList<>();
    for (Object each : list(name)) {
      if (!(each instanceof String s)) {
        throw error(name, "must hold texts, not " + each);
      }
      all.add(s);
    }
    return all;
  }

  private List<?> list(String name) {
    if (members.get(name) instanceof List<?> list) {
      return list;
    }
    throw error(name, "must be a list, not " + members.get(name));
  }

  /**
   * Checks that a text is one of some.
   *
   * @param name its name
   * @param known those that are known
   * @param missing what it is where it is missing or null
   * @throws IllegalArgumentException if it is another; the message lists them
   */
  public void requireValue(String name, List<String> known, String missing) {
    String value = text(name, missing);
    require(
        known.contains(value),
        name,
        "is '" + value + "', which is not known; " + String.join(", ", known) + " are");
  }

  /**
   * Checks a condition on a member.
   *
   * @param condition what must hold
   * @param name the member
   * @param what what is wrong with it otherwise
   * @throws IllegalArgumentException if the condition does not hold
   */
  public void require(boolean condition, String name, String what) {
    if (!condition) {
      throw error(name, what);
    }
  }

  /**
   * An error about a member.
   *
   * @param name the member
   * @param what what is wrong with it
   * @return the exception to throw
   */
  public IllegalArgumentException error(String name, String what) {
    return new IllegalArgumentException(source + ": '" + name + "' " + what);
  }
}
