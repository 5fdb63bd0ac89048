package ornstein.nn.layer;

import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.Parameter;

/** A table of vectors, parameter {@code weight} [rows, columns]. */
public final class Embedding extends Module {
  private final Parameter weight;

  /**
   * Creates the table.
   *
   * @param rows number of vectors, at least 1
   * @param columns length of a vector, at least 1
   * @param initial initial values
   */
  public Embedding(int rows, int columns, Initializer initial) {
    weight = register("weight", new Parameter(initial.table(Shape.of(rows, columns))));
  }

  /**
   * Looks up vectors.
   *
   * @param index integers in [0, rows) held as floats, any shape
   * @return [..., columns]
   * @throws IndexOutOfBoundsException if an index is not a row of the table
   */
  public Tensor forward(Tensor index) {
    return Functional.embedding(weight.value(), index);
  }
}
