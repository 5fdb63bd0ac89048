package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Matmul;

/**
 * Matrix product over the last two axes. The leading axes of both factors must be equal, or B has
 * rank 2 and serves every row of an untransposed A.
 *
 * @param transposeA whether A's last two axes are swapped
 * @param transposeB whether B's last two axes are swapped
 */
public record MatmulOp(boolean transposeA, boolean transposeB) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    Shape a = inputs.get(0);
    Shape b = inputs.get(1);
    boolean fits = a.rank() >= 2 && b.rank() >= 2 && (shared(a, b) || sameBatch(a, b));
    if (!fits || depth(a) != b.dim(transposeB ? -1 : -2)) {
      throw new ShapeException(
          "matmul of "
              + a
              + (transposeA ? "ᵀ" : "")
              + " and "
              + b
              + (transposeB ? "ᵀ" : "")
              + ": the inner extents must agree, the leading ones be equal or B have rank 2");
    }
    int[] dims = a.dims();
    dims[dims.length - 2] = a.dim(transposeA ? -1 : -2);
    dims[dims.length - 1] = b.dim(transposeB ? -2 : -1);
    return Shape.of(dims);
  }

  @Override
  public void forward(Forward f) {
    Matmul g = geometry(f.shape(0), f.shape(1));
    f.kernels().matmul(g, f.input(0), f.input(1), f.output());
  }

  @Override
  public void backward(Backward b) {
    Matmul g = geometry(b.shape(0), b.shape(1));
    int m = g.rows();
    int n = g.columns();
    int k = g.depth();
    Buffer x = b.input(0);
    Buffer w = b.input(1);
    Buffer gy = b.outputGradient();
    if (b.needs(0) && transposeA) {
      product(b, g.batch(), k, m, n, transposeB, w, true, gy, b.gradient(0));
    } else if (b.needs(0)) {
      product(b, g.batch(), m, k, n, false, gy, !transposeB, w, b.gradient(0));
    }
    if (b.needs(1) && transposeB) {
      product(b, g.batch(), n, k, m, true, gy, transposeA, x, b.gradient(1));
    } else if (b.needs(1)) {
      product(b, g.batch(), k, n, m, !transposeA, x, false, gy, b.gradient(1));
    }
  }

  private static void product(
      Backward b,
      int batch,
      int rows,
      int columns,
      int depth,
      boolean transposeFirst,
      Buffer first,
      boolean transposeSecond,
      Buffer second,
      Buffer result) {
    b.kernels()
        .matmul(
            new Matmul(batch, rows, columns, depth, transposeFirst, transposeSecond),
            first,
            second,
            result);
  }

  private Matmul geometry(Shape a, Shape b) {
    int rows = a.dim(transposeA ? -1 : -2);
    int batch = Axes.product(a.dims(), 0, a.rank() - 2);
    int columns = b.dim(transposeB ? -2 : -1);
    return shared(a, b)
        ? new Matmul(1, batch * rows, columns, depth(a), transposeA, transposeB)
        : new Matmul(batch, rows, columns, depth(a), transposeA, transposeB);
  }

  private int depth(Shape a) {
    return a.dim(transposeA ? -2 : -1);
  }

  private boolean shared(Shape a, Shape b) {
    return b.rank() == 2 && (a.rank() == 2 || !transposeA);
  }

  private static boolean sameBatch(Shape a, Shape b) {
    return a.rank() == b.rank() && a.with(-1, 1).with(-2, 1).equals(b.with(-1, 1).with(-2, 1));
  }
}
