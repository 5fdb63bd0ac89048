package ornstein.engine.io;

import java.util.Arrays;
import java.util.List;

/** The stack of the pickle machine; a mark keeps what lies below it out of reach. */
final class PickleStack {
  /** A reference and its part in the arrays that were outgrown. */
  private static final int SLOT_BYTES = 16;

  private final PickleInput in;
  private Object[] values = new Object[64];
  private int[] marks = new int[16];
  private int size;
  private int markCount;

  PickleStack(PickleInput in) {
    this.in = in;
  }

  void push(Object value) throws FormatException {
    if (size == values.length) {
      in.charge((long) SLOT_BYTES * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  void mark() throws FormatException {
    if (markCount == marks.length) {
      in.charge((long) SLOT_BYTES * markCount);
      marks = Arrays.copyOf(marks, 2 * markCount);
    }
    marks[markCount++] = size;
  }

  Object pop() throws FormatException {
    Object top = peek();
    size--;
    return top;
  }

  Object peek() throws FormatException {
    if (size == floor()) {
      throw in.fault(in.position(), "the pickle takes a value from an empty stack; it is damaged");
    }
    return values[size - 1];
  }

  /** Python's POP: it takes a mark away if there is nothing above it. */
  void drop() throws FormatException {
    if (markCount > 0 && size == floor()) {
      markCount--;
    } else {
      pop();
    }
  }

  /** Takes the newest mark away and all that lies above it. */
  List<Object> popToMark() throws FormatException {
    if (markCount == 0) {
      throw in.fault(in.position(), "the pickle goes back to a mark that it never set");
    }
    int from = marks[--markCount];
    return pop(size - from);
  }

  /** Takes the topmost values, in the order in which they came. */
  List<Object> pop(int count) throws FormatException {
    if (count > size - floor()) {
      throw in.fault(in.position(), "the pickle takes a value from an empty stack; it is damaged");
    }
    in.charge((long) SLOT_BYTES * (3 + count));
    List<Object> taken = Arrays.asList(Arrays.copyOfRange(values, size - count, size));
    size -= count;
    return taken;
  }

  private int floor() {
    return markCount == 0 ? 0 : marks[markCount - 1];
  }
}
