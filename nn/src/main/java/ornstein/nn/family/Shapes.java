package ornstein.nn.family;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import ornstein.engine.Shape;
import ornstein.nn.Weights;

/** What the shapes of a network's tensors tell of its configuration. */
final class Shapes {
  private final Weights weights;
  private final NavigableSet<String> sorted;

  /** Of the tensors of one network. */
  Shapes(Weights weights) {
    this.weights = weights;
    this.sorted = new TreeSet<>(weights.names());
  }

  boolean has(String name) {
    return sorted.contains(name);
  }

  /** Whether any tensor's name begins so. */
  boolean hasAny(String prefix) {
    String next = sorted.ceiling(prefix);
    return next != null && next.startsWith(prefix);
  }

  /**
   * An extent.
   *
   * @throws IllegalArgumentException if there is no such tensor or axis
   */
  int dim(String name, int axis) {
    if (!has(name)) {
      throw new IllegalArgumentException(
          "the file has no tensor '" + name + "', which such a network begins with");
    }
    Shape shape = weights.shape(name);
    if (axis >= shape.rank() || shape.size() == 0) {
      throw new IllegalArgumentException("tensor '" + name + "' has the odd shape " + shape);
    }
    return shape.dim(axis);
  }

  /** How many numbers follow a prefix: 0, 1, 2 … without a gap. */
  int count(String prefix) {
    int count = 0;
    while (hasAny(prefix + count + ".")) {
      count++;
    }
    return count;
  }

  /**
   * Levels' channels as multiples of a number of channels.
   *
   * @param channels the channels of each level
   * @param base the number wished for
   * @return the greatest divisor of all that divides the wish, or of all; then the multiples
   */
  static Multiples multiples(List<Integer> channels, int base) {
    int common = base;
    for (int c : channels) {
      common = divisor(common, c);
    }
    List<Integer> multiples = new ArrayList<>();
    for (int c : channels) {
      multiples.add(c / Math.max(1, common));
    }
    return new Multiples(common, multiples);
  }

  /**
   * Channels of levels.
   *
   * @param base what they are multiples of
   * @param factors the multiples
   */
  record Multiples(int base, List<Integer> factors) {
    int[] array() {
      return factors.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private static int divisor(int a, int b) {
    return b == 0 ? a : divisor(b, a % b);
  }
}
