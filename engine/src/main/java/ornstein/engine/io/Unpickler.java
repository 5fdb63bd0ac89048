package ornstein.engine.io;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The pickle machine for protocols 0 to 5, without the part that makes pickles dangerous: names of
 * functions and classes go to a {@link World}, which knows a few and refuses the rest. Each step
 * takes time in proportion to the bytes or values it consumes; what it allocates is charged.
 */
final class Unpickler {
  /** Ten thousand tensors take a million. */
  static final int MAX_STEPS = 16_000_000;

  private static final int MAX_PROTOCOL = 5;
  private static final int MAX_NAME_LINE = 1000;
  private static final int CONTAINER_BYTES = 200;
  private static final int SLOT_BYTES = 16;
  private static final int MEMO_BYTES = 80;
  private static final int ITEM_BYTES = 160;

  /** What stands behind the names in a pickle. */
  interface World {
    /** The meaning of a module's name, as a value for the other methods. */
    Object global(String module, String name, long at) throws FormatException;

    /** The result of calling what {@link #global} gave. */
    Object call(Object callee, List<Object> args, long at) throws FormatException;

    /** What an id outside of the pickle stands for. */
    Object persistent(Object id, long at) throws FormatException;

    /** Gives an object that {@link #call} made its state. */
    void build(Object target, Object state, long at) throws FormatException;
  }

  private final PickleInput in;
  private final World world;
  private final PickleStack stack;
  private final Map<Long, Object> memo = new HashMap<>();

  private Unpickler(PickleInput in, World world) {
    this.in = in;
    this.world = world;
    this.stack = new PickleStack(in);
  }

  /** Reads one pickle and leaves the input behind it. */
  static Object load(PickleInput in, World world) throws FormatException {
    return new Unpickler(in, world).run();
  }

  private Object run() throws FormatException {
    long limit = in.position() + PickleInput.MAX_PICKLE_BYTES;
    for (int step = 0; step < MAX_STEPS; step++) {
      long at = in.position();
      if (at > limit) {
        throw in.fault(at, "the pickle is longer than " + PickleInput.MAX_PICKLE_BYTES + " bytes");
      }
      int opcode = in.u8();
      if (opcode == '.') {
        return stack.pop();
      }
      Object literal = PickleLiteral.read(opcode, in);
      if (literal != null) {
        stack.push(literal);
      } else if (!container(opcode, at) && !memo(opcode, at)) {
        other(opcode, at);
      }
    }
    throw in.fault(in.position(), "the pickle takes more than " + MAX_STEPS + " steps");
  }

  private boolean container(int opcode, long at) throws FormatException {
    switch (opcode) {
      case '(' -> stack.mark();
      case '0' -> stack.drop();
      case '1' -> stack.popToMark();
      case '2' -> stack.push(stack.peek());
      case ')' -> stack.push(tuple(List.of()));
      case 't' -> stack.push(tuple(stack.popToMark()));
      case 0x85, 0x86, 0x87 -> stack.push(tuple(stack.pop(opcode - 0x84)));
      case ']' -> stack.push(sequence(List.of()));
      case 'l' -> stack.push(sequence(stack.popToMark()));
      case 'a' -> append(stack.pop(1), at);
      case 'e' -> append(stack.popToMark(), at);
      case '}' -> stack.push(dict(List.of(), at));
      case 'd' -> stack.push(dict(stack.popToMark(), at));
      case 's' -> setItems(stack.pop(2), at);
      case 'u' -> setItems(stack.popToMark(), at);
      case 0x8F -> stack.push(elements(List.of(), at));
      case 0x91 -> stack.push(elements(stack.popToMark(), at));
      case 0x90 -> {
        List<Object> items = stack.popToMark();
        if (!(stack.peek() instanceof PickleNode.Distinct target)) {
          throw in.fault(at, "elements are added to what is no set");
        }
        addAll(in, target, items, at);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean memo(int opcode, long at) throws FormatException {
    switch (opcode) {
      case 'p' -> put(index(at));
      case 'q' -> put(in.u8());
      case 'r' -> put(in.u32());
      case 0x94 -> put(memo.size());
      case 'g' -> get(index(at), at);
      case 'h' -> get(in.u8(), at);
      case 'j' -> get(in.u32(), at);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void other(int opcode, long at) throws FormatException {
    switch (opcode) {
      case 0x80 -> {
        int protocol = in.u8();
        if (protocol > MAX_PROTOCOL) {
          throw in.fault(at, "pickle protocol " + protocol + " is not known; 0 to 5 are");
        }
      }
      // A frame only says how much to read ahead.
      case 0x95 -> in.i64();
      case 'c' -> stack.push(global(at));
      case 0x93 -> {
        List<Object> names = stack.pop(2);
        if (!(names.get(0) instanceof String module) || !(names.get(1) instanceof String name)) {
          throw in.fault(at, "a global is named by something other than texts");
        }
        stack.push(world.global(module, name, at));
      }
      case 'R', 0x81 -> {
        Object args = stack.pop();
        if (!(args instanceof PickleNode.Tuple tuple)) {
          throw in.fault(at, "the arguments of a call are no tuple");
        }
        stack.push(world.call(stack.pop(), tuple.items, at));
      }
      case 'i' -> {
        Object callee = global(at);
        stack.push(world.call(callee, stack.popToMark(), at));
      }
      case 'o' -> {
        List<Object> parts = stack.popToMark();
        if (parts.isEmpty()) {
          throw in.fault(at, "a call names nothing to be called");
        }
        stack.push(world.call(parts.getFirst(), parts.subList(1, parts.size()), at));
      }
      case 'b' -> {
        Object state = stack.pop();
        build(stack.peek(), state, at);
      }
      case 'Q' -> stack.push(world.persistent(stack.pop(), at));
      default ->
          throw in.fault(
              at,
              String.format(
                  "0x%02x is no pickle opcode that PyTorch writes; the file is damaged or no"
                      + " checkpoint",
                  opcode));
    }
  }

  private Object global(long at) throws FormatException {
    String module = in.line(MAX_NAME_LINE);
    String name = in.line(MAX_NAME_LINE);
    return world.global(module, name, at);
  }

  private void put(long index) throws FormatException {
    in.charge(MEMO_BYTES);
    memo.put(index, stack.peek());
  }

  private void get(long index, long at) throws FormatException {
    Object value = memo.get(index);
    if (value == null) {
      throw in.fault(at, "the pickle recalls value " + index + ", which it never stored");
    }
    stack.push(value);
  }

  private long index(long at) throws FormatException {
    String line = in.line(MAX_NAME_LINE).strip();
    try {
      return Long.parseLong(line);
    } catch (NumberFormatException e) {
      throw in.fault(at, "'" + FormatException.quote(line) + "' is no index");
    }
  }

  private PickleNode tuple(List<Object> items) throws FormatException {
    in.charge(CONTAINER_BYTES / 2);
    return new PickleNode.Tuple(items);
  }

  private PickleNode sequence(List<Object> items) throws FormatException {
    in.charge(CONTAINER_BYTES / 2 + (long) SLOT_BYTES * items.size());
    PickleNode.Sequence list = new PickleNode.Sequence();
    list.items.addAll(items);
    return list;
  }

  private void append(List<Object> items, long at) throws FormatException {
    if (!(stack.peek() instanceof PickleNode.Sequence target)) {
      throw in.fault(at, "values are appended to what is no list");
    }
    // Growing by half, a list has copied each value twice by the end.
    in.charge((2L * SLOT_BYTES) * items.size() + (target.items.isEmpty() ? 64 : 0));
    target.items.addAll(items);
  }

  private PickleNode elements(List<Object> items, long at) throws FormatException {
    in.charge(CONTAINER_BYTES);
    PickleNode.Distinct set = new PickleNode.Distinct();
    addAll(in, set, items, at);
    return set;
  }

  static void addAll(PickleInput in, PickleNode.Distinct set, List<Object> items, long at)
      throws FormatException {
    for (Object item : items) {
      set.items.putIfAbsent(key(in, item, at), item);
    }
  }

  private PickleNode dict(List<Object> items, long at) throws FormatException {
    in.charge(CONTAINER_BYTES);
    PickleNode.Dict dict = new PickleNode.Dict();
    putAll(in, dict.items, items, at);
    return dict;
  }

  private void setItems(List<Object> items, long at) throws FormatException {
    if (!(stack.peek() instanceof PickleNode.Dict dict)) {
      throw in.fault(at, "items are put into what is no dict");
    }
    putAll(in, dict.items, items, at);
  }

  /** Keys and values take turns; of equal keys the first keeps its place and the last its value. */
  static void putAll(
      PickleInput in, SequencedMap<String, PickleNode.Item> map, List<Object> items, long at)
      throws FormatException {
    if (items.size() % 2 != 0) {
      throw in.fault(at, "a dict's last key has no value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      Object key = items.get(i);
      map.put(key(in, key, at), new PickleNode.Item(key, items.get(i + 1)));
    }
  }

  private static String key(PickleInput in, Object value, long at) throws FormatException {
    in.countKey(at);
    in.charge(ITEM_BYTES + 64);
    String key = PickleKey.of(value);
    if (key == null) {
      throw in.fault(
          at,
          "a dict or set has a key that this reader does not take; it takes texts, bytes and numbers"
              + " of up to "
              + PickleKey.MAX_LENGTH
              + " characters, truth values, None and tuples of those");
    }
    in.charge(3L * key.length());
    return key;
  }

  private void build(Object target, Object state, long at) throws FormatException {
    if (!(target instanceof PickleNode.Dict dict)) {
      world.build(target, state, at);
    } else if (state instanceof PickleNode.Dict attributes) {
      in.charge((long) ITEM_BYTES * attributes.items.size());
      dict.attributes.putAll(attributes.items);
    } else {
      throw in.fault(at, "the attributes of a dict are no dict");
    }
  }
}
