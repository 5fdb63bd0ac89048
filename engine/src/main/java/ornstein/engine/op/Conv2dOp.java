package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.kernel.Convolution;

/**
 * Two-dimensional convolution of x [N, H, W, C] with weights [kh, kw, C, K] and an optional bias
 * [K]; after the bias an optional residual of the result's shape is added.
 *
 * @param stride step of the window in pixels
 * @param padding zero pixels on each side
 */
public record Conv2dOp(int stride, int padding) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    Shape w = inputs.get(1);
    boolean fits = x.rank() == 4 && w.rank() == 4 && x.dim(3) == w.dim(2);
    if (fits && inputs.size() > 2) {
      fits = inputs.get(2).equals(Shape.of(w.dim(3)));
    }
    if (!fits) {
      throw new ShapeException(
          "conv2d needs x [N,H,W,C], weight [kh,kw,C,K] and bias [K], got " + inputs);
    }
    Convolution g = geometry(x, w);
    Shape y = Shape.of(g.batch(), g.outHeight(), g.outWidth(), g.outChannels());
    if (inputs.size() > 3 && !inputs.get(3).equals(y)) {
      throw new ShapeException(
          "the residual of a convolution needs its result's shape " + y + ", got " + inputs.get(3));
    }
    return y;
  }

  @Override
  public void forward(Forward f) {
    f.kernels()
        .convolution(
            geometry(f.shape(0), f.shape(1)),
            f.input(0),
            f.input(1),
            f.optionalInput(2),
            f.optionalInput(3),
            f.output());
  }

  @Override
  public void backward(Backward b) {
    Convolution g = geometry(b.shape(0), b.shape(1));
    if (b.needs(0)) {
      b.kernels().convolutionInputGradient(g, b.outputGradient(), b.input(1), b.gradient(0));
    }
    if (b.needs(1)) {
      b.kernels().convolutionWeightGradient(g, b.input(0), b.outputGradient(), b.gradient(1));
    }
    if (b.needs(2)) {
      int pixels = g.batch() * g.outHeight() * g.outWidth();
      b.kernels().sum(1, pixels, g.outChannels(), b.outputGradient(), b.gradient(2));
    }
    if (b.needs(3)) {
      b.pass(3, b.outputGradient());
    }
  }

  Convolution geometry(Shape x, Shape w) {
    return new Convolution(
        x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(3), w.dim(0), w.dim(1), stride, padding);
  }
}
