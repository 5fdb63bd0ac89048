package ornstein.nn;

import java.util.List;

/**
 * Thrown when a state dict does not fit a network. The message lists every missing, unexpected and
 * misshapen name.
 */
public final class StateDictException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * Throws if there is anything to complain of.
   *
   * @param missing names that the network has and the weights have not
   * @param unexpected names that the weights have and the network has not
   * @param misshapen names whose shapes differ, with both shapes
   * @throws StateDictException if one of the lists has an entry
   */
  public static void throwIfAny(
      List<String> missing, List<String> unexpected, List<String> misshapen) {
    if (!missing.isEmpty() || !unexpected.isEmpty() || !misshapen.isEmpty()) {
      throw new StateDictException(missing, unexpected, misshapen);
    }
  }

  private StateDictException(
      List<String> missing, List<String> unexpected, List<String> misshapen) {
    super(
        "the weights do not fit the network"
            + part("missing", missing)
            + part("unexpected", unexpected)
            + part("misshapen", misshapen));
  }

  private static String part(String what, List<String> names) {
    return names.isEmpty()
        ? ""
        : "; " + names.size() + " " + what + ": " + String.join(", ", names);
  }
}
