package ornstein.nn.family;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import ornstein.engine.Shape;
import ornstein.nn.Module;
import ornstein.nn.StateDict;
import ornstein.nn.StateDictException;
import ornstein.nn.Weights;

/**
 * How a family names and shapes the tensors of a network. Shapes differ by trailing ones alone
 * (linear layers and convolutions of one pixel), and what is one tensor here may be several there,
 * one after the other along the first axis (queries, keys and values).
 */
public final class NameMap {
  private final SequencedMap<String, Theirs> entries = new LinkedHashMap<>();

  /**
   * What a tensor is there.
   *
   * @param names one name, or several that make one tensor here
   * @param rank axes of each, 0 for as many as here
   */
  private record Theirs(List<String> names, int rank) {}

  NameMap() {}

  /** Weight and bias of a layer, if there is one, of the same shapes in both. */
  NameMap layer(String ours, String theirs) {
    return pixelwise(ours, List.of(theirs), 0);
  }

  /**
   * Weight and bias of a linear map of pixels.
   *
   * @param rank axes of the family's weight
   */
  NameMap pixelwise(String ours, List<String> theirs, int rank) {
    put(ours, ".weight", theirs, rank);
    put(ours, ".bias", theirs, 0);
    return this;
  }

  private void put(String ours, String suffix, List<String> theirs, int rank) {
    List<String> names = theirs.stream().map(name -> name + suffix).toList();
    entries.put(ours + suffix, new Theirs(names, rank));
  }

  /**
   * A family's weights under the names and in the shapes of here, each converted when it is asked
   * for.
   *
   * @param theirs the family's weights
   * @param module the network that they are for
   * @return a view
   * @throws StateDictException if tensors are missing, unexpected or misshapen; it lists them all,
   *     by the family's names
   */
  public Weights fromFamily(Weights theirs, Module module) {
    SequencedMap<String, Shape> shapes = new LinkedHashMap<>();
    module.namedParameters().forEach((name, p) -> shapes.put(name, p.checkpointShape()));
    check(theirs, shapes);
    return new Weights() {
      @Override
      public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(shapes.sequencedKeySet());
      }

      @Override
      public Shape shape(String name) {
        Shape shape = shapes.get(name);
        if (shape == null) {
          throw new NoSuchElementException("the network has no '" + name + "'");
        }
        return shape;
      }

      @Override
      public float[] values(String name) {
        return joined(theirs, entry(name).names(), shape(name).size());
      }
    };
  }

  private Theirs entry(String ours) {
    return Objects.requireNonNull(entries.get(ours), ours);
  }

  private void check(Weights theirs, SequencedMap<String, Shape> shapes) {
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    Set<String> unexpected = new LinkedHashSet<>(theirs.names());
    Set<String> known = theirs.names();
    shapes.forEach(
        (ours, shape) -> {
          Theirs entry = entry(ours);
          Shape part = part(shape, entry);
          for (String name : entry.names()) {
            unexpected.remove(name);
            if (!known.contains(name)) {
              missing.add(name);
            } else if (!theirs.shape(name).equals(part)) {
              misshapen.add(name + " " + theirs.shape(name) + " instead of " + part);
            }
          }
        });
    StateDictException.throwIfAny(missing, List.copyOf(unexpected), misshapen);
  }

  private static float[] joined(Weights theirs, List<String> names, int size) {
    if (names.size() == 1) {
      return theirs.values(names.get(0));
    }
    float[] all = new float[size];
    int at = 0;
    for (String name : names) {
      float[] part = theirs.values(name);
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /** The shape of one of the family's tensors. */
  private static Shape part(Shape ours, Theirs entry) {
    int[] dims = ours.dims();
    dims[0] /= entry.names().size();
    if (entry.rank() == 0) {
      return Shape.of(dims);
    }
    int[] others = new int[entry.rank()];
    Arrays.fill(others, 1);
    System.arraycopy(dims, 0, others, 0, Math.min(dims.length, others.length));
    return Shape.of(others);
  }

  /**
   * Gives a network's weights the names and shapes of the family.
   *
   * @param ours the weights here
   * @return the family's weights
   */
  public StateDict toFamily(Weights ours) {
    StateDict result = new StateDict();
    for (String name : ours.names()) {
      Theirs entry = entry(name);
      float[] values = ours.values(name);
      Shape part = part(ours.shape(name), entry);
      for (int i = 0; i < entry.names().size(); i++) {
        float[] own = Arrays.copyOfRange(values, i * part.size(), (i + 1) * part.size());
        result.put(entry.names().get(i), part, own);
      }
    }
    return result;
  }
}
