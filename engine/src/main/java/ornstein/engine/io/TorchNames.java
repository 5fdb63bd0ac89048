package ornstein.engine.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Finds the tensors in a value, and what they are called there. */
final class TorchNames {
  private static final int NAME_BYTES = 160;
  private static final int VISIT_BYTES = 128;

  private final String source;
  private final MemoryBudget budget;
  private final StringBuilder path = new StringBuilder();
  private final SequencedMap<String, TorchTensor> found = new LinkedHashMap<>();

  TorchNames(String source, MemoryBudget budget) {
    this.source = source;
    this.budget = budget;
  }

  /** The tensors under the paths that lead to them, in order; unmodifiable. */
  SequencedMap<String, TorchTensor> of(TorchValue value) throws FormatException {
    collect(value);
    return Collections.unmodifiableSequencedMap(found);
  }

  private void collect(TorchValue value) throws FormatException {
    if (value instanceof TorchTensor tensor) {
      budget.take(source, null, NAME_BYTES + 2L * path.length());
      String name = path.toString();
      if (found.put(name, tensor) != null) {
        throw new FormatException(source, name, -1, "names two tensors; find them by root()");
      }
      return;
    }
    budget.take(source, null, VISIT_BYTES);
    int length = path.length();
    if (value instanceof TorchDict dict) {
      for (TorchDict.Entry e : dict.entries()) {
        if (isWayOn(e.value())) {
          append(length == 0 ? "" : ".", e.key());
          collect(e.value());
          path.setLength(length);
        }
      }
    } else if (value instanceof TorchValue.Sequence sequence) {
      int i = 0;
      for (TorchValue item : sequence.items()) {
        if (isWayOn(item)) {
          path.append(length == 0 ? "" : ".").append(i);
          collect(item);
          path.setLength(length);
        }
        i++;
      }
    }
  }

  private static boolean isWayOn(TorchValue value) {
    return value instanceof TorchTensor
        || value instanceof TorchDict
        || value instanceof TorchValue.Sequence;
  }

  private void append(String joint, TorchValue key) throws FormatException {
    path.append(joint);
    if (key instanceof TorchValue.Text text) {
      path.append(text.value());
      return;
    }
    TorchValue.Whole whole = key instanceof TorchValue.Whole w ? w : null;
    int length = whole == null ? 4 * PickleKey.MAX_LENGTH : whole.value().bitLength();
    budget.take(source, null, VISIT_BYTES + length);
    path.append(whole == null ? key : whole.value());
  }
}
