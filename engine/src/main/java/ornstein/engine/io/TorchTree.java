package ornstein.engine.io;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Makes the values of a {@link TorchFile} from what the pickle built. The pickle's containers may
 * hold themselves, or share parts so that a few of them unfold to more than any memory; the result
 * does neither and is safe to walk.
 */
final class TorchTree {
  static final int MAX_DEPTH = 100;
  static final long MAX_VALUES = 10_000_000;

  private static final int CONTAINER_BYTES = 256;
  private static final int SLOT_BYTES = 8;
  private static final int ITEM_BYTES = 160;
  private static final int NUMBER_BYTES = 128;
  private static final int WRAPPER_BYTES = 24;

  /** A container that is done, the values in it with all repetitions, and its levels. */
  private record Done(TorchValue value, long values, int levels) {}

  private final PickleInput in;
  private final IdentityHashMap<PickleNode, Done> done = new IdentityHashMap<>();

  /** How many values there were up to now. */
  private long values;

  /** The deepest level of the container at hand. */
  private int deepest;

  private TorchTree(PickleInput in) {
    this.in = in;
  }

  static TorchValue of(Object root, PickleInput in) throws FormatException {
    return new TorchTree(in).value(root, 0);
  }

  private TorchValue value(Object value, int depth) throws FormatException {
    reach(depth, 1);
    return switch (value) {
      case PickleNode node -> container(node, depth);
      case TorchValue ready -> ready;
      case TorchView view -> {
        in.charge(CONTAINER_BYTES);
        yield view.vector();
      }
      case String text -> new TorchValue.Text(charged(text, WRAPPER_BYTES));
      case Long number -> new TorchValue.Whole(BigInteger.valueOf(charged(number, NUMBER_BYTES)));
      case BigInteger number -> new TorchValue.Whole(charged(number, WRAPPER_BYTES));
      case Double number -> new TorchValue.Real(charged(number, WRAPPER_BYTES));
      case Boolean bool -> new TorchValue.Bool(charged(bool, WRAPPER_BYTES));
      case byte[] bytes -> new TorchValue.Bytes(charged(bytes, WRAPPER_BYTES));
      case NumpyScalar.Type type ->
          new TorchValue.Constant("numpy." + charged(type, NUMBER_BYTES).name());
      default -> throw in.fault(-1, "a name of Python stands where a value belongs");
    };
  }

  private <T> T charged(T value, int bytes) throws FormatException {
    in.charge(bytes);
    return value;
  }

  /** This also ends the walk through a container that holds itself. */
  private void reach(int depth, long more) throws FormatException {
    if (depth >= MAX_DEPTH) {
      throw in.fault(-1, "the values are nested more than " + MAX_DEPTH + " deep or in a circle");
    }
    values += more;
    if (values > MAX_VALUES) {
      throw in.fault(-1, "the values unfold to more than " + MAX_VALUES + ", as a bomb does");
    }
    deepest = Math.max(deepest, depth);
  }

  private TorchValue container(PickleNode node, int depth) throws FormatException {
    Done before = done.get(node);
    if (before != null) {
      reach(depth + before.levels(), before.values());
      return before.value();
    }
    in.charge(CONTAINER_BYTES);
    long valuesBefore = values;
    int deepestBefore = deepest;
    deepest = depth;
    TorchValue result =
        switch (node) {
          case PickleNode.Tuple tuple -> sequence(TorchValue.Kind.TUPLE, tuple.items, depth);
          case PickleNode.Sequence list -> sequence(TorchValue.Kind.LIST, list.items, depth);
          case PickleNode.Distinct set ->
              sequence(TorchValue.Kind.SET, set.items.sequencedValues(), depth);
          case PickleNode.Dict dict -> dict(dict, depth);
        };
    done.put(node, new Done(result, values - valuesBefore, deepest - depth));
    deepest = Math.max(deepest, deepestBefore);
    return result;
  }

  private TorchValue sequence(TorchValue.Kind kind, Collection<Object> items, int depth)
      throws FormatException {
    in.charge((long) SLOT_BYTES * items.size());
    List<TorchValue> result = new ArrayList<>(items.size());
    for (Object item : items) {
      result.add(value(item, depth + 1));
    }
    return new TorchValue.Sequence(kind, Collections.unmodifiableList(result));
  }

  private TorchValue dict(PickleNode.Dict dict, int depth) throws FormatException {
    SequencedMap<String, TorchDict.Entry> entries = new LinkedHashMap<>();
    for (Map.Entry<String, PickleNode.Item> e : dict.items.sequencedEntrySet()) {
      in.charge(ITEM_BYTES);
      TorchValue key = value(e.getValue().key(), depth + 1);
      entries.put(e.getKey(), new TorchDict.Entry(key, value(e.getValue().value(), depth + 1)));
    }
    SequencedMap<String, TorchValue> attributes = new LinkedHashMap<>();
    for (PickleNode.Item item : dict.attributes.sequencedValues()) {
      if (!(item.key() instanceof String name)) {
        throw in.fault(-1, "an attribute of a dict is named by something other than a text");
      }
      in.charge(ITEM_BYTES);
      attributes.put(name, value(item.value(), depth + 1));
    }
    return new TorchDict(entries, attributes);
  }
}
