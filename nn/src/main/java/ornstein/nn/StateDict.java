package ornstein.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.UnaryOperator;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;
import ornstein.engine.io.SafeTensorsWriter;

/**
 * Named arrays on the host, in the layout and under the names of a checkpoint: what travels between
 * a network and a file, or between networks of different families. Not safe for writing by several
 * threads.
 */
public final class StateDict {
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
   * Reads all tensors of a file as float32.
   *
   * @param file the open file
   * @return its tensors in the order of the file's header
   * @throws FormatException if the file was shortened while it was open
   */
  public static StateDict read(SafeTensors file) throws FormatException {
    StateDict state = new StateDict();
    for (String name : file.names()) {
      state.put(name, file.shape(name), file.floats(name));
    }
    return state;
  }

  /**
   * Adds all entries to a file that is being written, as F32.
   *
   * @param writer the writer
   * @throws IllegalArgumentException if the writer has one of the names already
   */
  public void write(SafeTensorsWriter writer) {
    for (Map.Entry<String, Entry> e : entries.entrySet()) {
      writer.f32(e.getKey(), e.getValue().shape, e.getValue().values);
    }
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

  /**
   * The names.
   *
   * @return an unmodifiable view in order
   */
  public SequencedSet<String> names() {
    return Collections.unmodifiableSequencedSet(entries.sequencedKeySet());
  }

  /**
   * The shape of an entry.
   *
   * @param name its name
   * @return its shape in the checkpoint
   * @throws NoSuchElementException if there is no such entry
   */
  public Shape shape(String name) {
    return entry(name).shape;
  }

  /**
   * The elements of an entry.
   *
   * @param name its name
   * @return its elements, row-major; not a copy
   * @throws NoSuchElementException if there is no such entry
   */
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

  /**
   * Number of values in all entries together.
   *
   * @return the sum of all sizes
   */
  public long size() {
    return entries.values().stream().mapToLong(e -> e.values.length).sum();
  }

  /**
   * The same arrays under other names: how one family's checkpoint becomes another's.
   *
   * @param names gives the new name of each name
   * @return a state dict that shares the arrays
   * @throws IllegalArgumentException if two names become one
   */
  public StateDict renamed(UnaryOperator<String> names) {
    StateDict result = new StateDict();
    for (Map.Entry<String, Entry> e : entries.entrySet()) {
      String name = names.apply(e.getKey());
      if (result.entries.putIfAbsent(name, e.getValue()) != null) {
        throw new IllegalArgumentException("two entries would both be named '" + name + "'");
      }
    }
    return result;
  }

  /**
   * Copies all entries into a network, whose names and shapes must be exactly these.
   *
   * @param module the network; unchanged if anything does not fit
   * @throws StateDictException if names are missing, unexpected or misshapen; it lists them all
   */
  public void loadInto(Module module) {
    loadInto(module.namedParameters());
  }

  /**
   * Copies all entries into parameters, whose names and shapes must be exactly these.
   *
   * @param parameters the parameters by name; unchanged if anything does not fit
   * @throws StateDictException if names are missing, unexpected or misshapen; it lists them all
   */
  public void loadInto(SequencedMap<String, Parameter> parameters) {
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    parameters.forEach(
        (name, p) -> {
          Entry e = entries.get(name);
          if (e == null) {
            missing.add(name);
          } else if (!e.shape.equals(p.checkpointShape())) {
            misshapen.add(name + " " + e.shape + " instead of " + p.checkpointShape());
          }
        });
    List<String> unexpected = new ArrayList<>(entries.keySet());
    unexpected.removeAll(parameters.keySet());
    if (!missing.isEmpty() || !unexpected.isEmpty() || !misshapen.isEmpty()) {
      throw new StateDictException(missing, unexpected, misshapen);
    }
    parameters.forEach((name, p) -> p.set(p.fromCheckpoint(entry(name).values)));
  }
}
