package ornstein.engine.op;

import java.util.Arrays;
import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

/**
 * Looks up rows: table [R, C] and indices [...], integers in [0, R) held as floats, give [..., C].
 */
public record EmbeddingOp() implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    Shape table = inputs.get(0);
    if (table.rank() != 2) {
      throw new ShapeException("embedding needs a table [rows, columns], got " + table);
    }
    int[] index = inputs.get(1).dims();
    int[] dims = Arrays.copyOf(index, index.length + 1);
    dims[index.length] = table.dim(1);
    return Shape.of(dims);
  }

  @Override
  public void forward(Forward f) {
    Shape table = f.shape(0);
    f.kernels().gather(table.dim(0), table.dim(1), f.input(0), f.input(1), f.output());
  }

  @Override
  public void backward(Backward b) {
    if (b.needs(0)) {
      Shape table = b.shape(0);
      b.kernels()
          .scatterAdd(table.dim(0), table.dim(1), b.input(1), b.outputGradient(), b.gradient(0));
    }
  }
}
