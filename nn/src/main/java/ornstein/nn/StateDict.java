package ornstein.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.SequencedSet;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.io.DType;
import ornstein.engine.io.SafeTensorsWriter;

/**
 * Named arrays on the host, in the layout and under the names of a checkpoint: what travels between
 * a network and a file, or between networks of different families. Not safe for writing by several
 * threads.
 */
public final class StateDict implements Weights {
  private static final class Entry {
    final Shape shape;
    final float[] values;

    Entry(Shape shape, float[] values) {
      this.shape = shape;
      this.values = values;
    }
  }

  private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();

  /** Creates a state dict without entries. */
  public StateDict() {}

  /**
   * Copies the parameters of a network.
   *
   * @param module the network
   * @return its state, in the order of {@link Module#namedParameters}
   */
  public static StateDict of(Module module) {
    return of(module.namedParameters());
  }

  /**
   * Copies named parameters: a network's, their averages or an optimiser's moments.
   *
   * @param parameters the parameters
   * @return their state, in the map's order
   */
  public static StateDict of(SequencedMap<String, Parameter> parameters) {
    StateDict state = new StateDict();
    parameters.forEach(
        (name, p) -> state.put(name, p.checkpointShape(), p.toCheckpoint(p.value().toArray())));
    return state;
  }

  /**
   * Adds all entries to a file that is being written, as F32.
   *
   * @param writer the writer
   * @throws IllegalArgumentException if the writer has one of the names already
   */
  public void write(SafeTensorsWriter writer) {
    write(writer, DType.F32);
  }

  /**
   * Adds all entries to a file that is being written.
   *
   * @param writer the writer
   * @param type F32, which keeps every bit, or F16 or BF16, which round to nearest
   * @throws IllegalArgumentException if the type is another, a finite value is beyond the range of
   *     F16, or the writer has one of the names already
   */
  public void write(SafeTensorsWriter writer, DType type) {
    entries.forEach(
        (name, entry) -> {
          switch (type) {
            case F32 -> writer.f32(name, entry.shape, entry.values);
            case F16 -> writer.f16(name, entry.shape, requireHalf(name, entry.values));
            case BF16 -> writer.bf16(name, entry.shape, entry.values);
            default ->
                throw new IllegalArgumentException(
                    "weights are stored as F32, F16 or BF16, not " + type);
          }
        });
  }

  /** What lies beyond the range of F16 would become infinite without a word. */
  private static float[] requireHalf(String name, float[] values) {
    for (float value : values) {
      if (Float.isFinite(value)
          && Float.isInfinite(Float.float16ToFloat(Float.floatToFloat16(value)))) {
        throw new IllegalArgumentException(
            "'" + name + "' holds " + value + ", beyond the range of F16; store it as BF16 or F32");
      }
    }
    return values;
  }

  /**
   * Adds an entry, or replaces the one under the same name.
   *
   * @param name its name
   * @param shape its shape in the checkpoint
   * @param values its elements, row-major; not copied
   * @return this state dict
   * @throws ShapeException if there are more or fewer values than the shape has elements
   */
  public StateDict put(String name, Shape shape, float[] values) {
    if (shape.size() != values.length) {
      throw new ShapeException(
          "'" + name + "' has " + values.length + " values, shape " + shape + " " + shape.size());
    }
    entries.put(name, new Entry(shape, values));
    return this;
  }

  @Override
  public SequencedSet<String> names() {
    return Collections.unmodifiableSequencedSet(entries.sequencedKeySet());
  }

  @Override
  public Shape shape(String name) {
    return entry(name).shape;
  }

  @Override
  public float[] values(String name) {
    return entry(name).values;
  }

  private Entry entry(String name) {
    Entry e = entries.get(name);
    if (e == null) {
      throw new NoSuchElementException("no '" + name + "' among " + entries.size() + " entries");
    }
    return e;
  }
}
