package ornstein.nn;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.SequencedSet;
import ornstein.engine.Shape;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;

/**
 * Named arrays in the layout of a checkpoint, in memory or in a file that is read array by array:
 * what a network is loaded from.
 */
public interface Weights {

  /**
   * The names.
   *
   * @return an unmodifiable view in order
   */
  SequencedSet<String> names();

  /**
   * The shape of an entry.
   *
   * @param name its name
   * @return its shape in the checkpoint
   * @throws NoSuchElementException if there is no such entry
   */
  Shape shape(String name);

  /**
   * The elements of an entry.
   *
   * @param name its name
   * @return its elements, row-major; not to be written
   * @throws NoSuchElementException if there is no such entry
   * @throws UncheckedIOException if a file cannot be read
   */
  float[] values(String name);

  /**
   * The tensors of an open file as float32, each read when it is asked for.
   *
   * @param file the file, which must stay open
   * @return its tensors in the order of its header
   */
  static Weights of(SafeTensors file) {
    return new Weights() {
      @Override
      public SequencedSet<String> names() {
        return file.names();
      }

      @Override
      public Shape shape(String name) {
        return file.shape(name);
      }

      @Override
      public float[] values(String name) {
        try {
          return file.floats(name);
        } catch (FormatException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  /**
   * The entries whose names begin with a prefix, under the rest of their names: one of several
   * networks in a file.
   *
   * @param prefix the prefix
   * @return a view, empty if no name begins so
   */
  default Weights under(String prefix) {
    SequencedSet<String> own = new LinkedHashSet<>();
    for (String name : names()) {
      if (name.startsWith(prefix)) {
        own.add(name.substring(prefix.length()));
      }
    }
    Weights all = this;
    return new Weights() {
      @Override
      public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(own);
      }

      @Override
      public Shape shape(String name) {
        return all.shape(prefix + name);
      }

      @Override
      public float[] values(String name) {
        return all.values(prefix + name);
      }
    };
  }

  /**
   * Number of values in all entries together.
   *
   * @return the sum of all sizes
   */
  default long size() {
    return names().stream().mapToLong(name -> shape(name).size()).sum();
  }

  /**
   * Copies all entries into a network, whose names and shapes must be exactly these.
   *
   * @param module the network; unchanged if anything does not fit
   * @throws StateDictException if names are missing, unexpected or misshapen; it lists them all
   */
  default void loadInto(Module module) {
    loadInto(module.namedParameters());
  }

  /**
   * Copies all entries into parameters, whose names and shapes must be exactly these.
   *
   * @param parameters the parameters by name; unchanged if anything does not fit
   * @throws StateDictException if names are missing, unexpected or misshapen; it lists them all
   */
  default void loadInto(SequencedMap<String, Parameter> parameters) {
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    SequencedSet<String> names = names();
    parameters.forEach(
        (name, p) -> {
          if (!names.contains(name)) {
            missing.add(name);
          } else if (!shape(name).equals(p.checkpointShape())) {
            misshapen.add(name + " " + shape(name) + " instead of " + p.checkpointShape());
          }
        });
    List<String> unexpected = new ArrayList<>(names);
    unexpected.removeAll(parameters.keySet());
    StateDictException.throwIfAny(missing, unexpected, misshapen);
    parameters.forEach((name, p) -> p.set(p.fromCheckpoint(values(name))));
  }
}
