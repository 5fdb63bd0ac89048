package ornstein.engine.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Python's containers as a pickle builds them: still growing, and perhaps holding themselves, so
 * nothing may walk them before {@link TorchTree} has. What they hold is another node, a {@link
 * String}, {@link Long}, {@link java.math.BigInteger}, {@link Double}, {@link Boolean}, {@code
 * byte[]}, {@link TorchValue.None}, or what {@link Unpickler.World} made.
 */
sealed interface PickleNode {
  final class Tuple implements PickleNode {
    final List<Object> items;

    Tuple(List<Object> items) {
      this.items = items;
    }
  }

  final class Sequence implements PickleNode {
    final List<Object> items = new ArrayList<>();
  }

  /** A set or a frozenset, its elements under their {@link PickleKey}. */
  final class Distinct implements PickleNode {
    final SequencedMap<String, Object> items = new LinkedHashMap<>();
  }

  /** A key and its value. */
  record Item(Object key, Object value) {}

  /** A dict or an OrderedDict, its items under their {@link PickleKey}. */
  final class Dict implements PickleNode {
    final SequencedMap<String, Item> items = new LinkedHashMap<>();
    final SequencedMap<String, Item> attributes = new LinkedHashMap<>();
  }
}
