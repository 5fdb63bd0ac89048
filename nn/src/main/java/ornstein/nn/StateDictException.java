package ornstein.nn;

import java.util.List;

/**
 * Thrown when a state dict does not fit a network. The message lists every missing, unexpected and
 * misshapen name.
 */
public final class StateDictException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  StateDictException(List<String> missing, List<String> unexpected, List<String> misshapen) {
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
