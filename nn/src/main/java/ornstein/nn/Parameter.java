package ornstein.nn;

import java.util.Arrays;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.KernelsProvider;

/**
 * A trained array: a leaf tensor that requires a gradient and is updated in place, and the layout
 * that it has in checkpoints. Not to be written while another thread reads it.
 */
public final class Parameter {
  /** How checkpoints of PyTorch store the array; [kh, kw, C, K] are the axes in memory. */
  public enum Layout {
    /** As in memory: biases, tables, the [out, in] weights of linear layers. */
    AS_STORED,
    /** Weights of a two-dimensional convolution, [K, C, kh, kw]. */
    CONVOLUTION,
    /** Weights of a one-dimensional convolution with window 1, [K, C, 1]; kh = kw = 1. */
    CONVOLUTION_1D,
    /** Weights of a linear layer applied to each pixel, [K, C]; kh = kw = 1. */
    PIXELWISE_LINEAR
  }

  private final Tensor value;
  private final Layout layout;

  /**
   * Creates a parameter on a tensor's storage.
   *
   * @param initial the initial values
   * @param layout the layout in checkpoints
   * @throws ShapeException if the shape is not one that the layout can have
   */
  public Parameter(Tensor initial, Layout layout) {
    Shape s = initial.shape();
    if (layout != Layout.AS_STORED) {
      boolean pixel = layout == Layout.CONVOLUTION || (s.rank() == 4 && s.dim(0) * s.dim(1) == 1);
      if (s.rank() != 4 || !pixel) {
        throw new ShapeException("shape " + s + " has no layout " + layout + " in checkpoints");
      }
    }
    this.value = initial.requiresGrad();
    this.layout = layout;
  }

  /**
   * Creates a parameter that checkpoints store as it is in memory.
   *
   * @param initial the initial values
   */
  public Parameter(Tensor initial) {
    this(initial, Layout.AS_STORED);
  }

  /**
   * The leaf tensor to compute with and to ask gradients for.
   *
   * @return the same tensor at every call
   */
  public Tensor value() {
    return value;
  }

  /**
   * The shape in memory.
   *
   * @return the shape of {@link #value}
   */
  public Shape shape() {
    return value.shape();
  }

  /**
   * The layout in checkpoints.
   *
   * @return the layout
   */
  public Layout layout() {
    return layout;
  }

  /**
   * The shape in checkpoints.
   *
   * @return the shape, with as many elements as the one in memory
   */
  public Shape checkpointShape() {
    Shape s = shape();
    return switch (layout) {
      case AS_STORED -> s;
      case CONVOLUTION -> Shape.of(s.dim(3), s.dim(2), s.dim(0), s.dim(1));
      case CONVOLUTION_1D -> Shape.of(s.dim(3), s.dim(2), 1);
      case PIXELWISE_LINEAR -> Shape.of(s.dim(3), s.dim(2));
    };
  }

  /**
   * Converts values (of this parameter, its gradient, its average) to the layout of checkpoints.
   *
   * @param stored values in memory's order
   * @return a fresh array in the order of {@link #checkpointShape}
   * @throws ShapeException if there are more or fewer values than elements
   */
  public float[] toCheckpoint(float[] stored) {
    return convert(stored, true);
  }

  /**
   * Converts values from the layout of checkpoints.
   *
   * @param saved values in the order of {@link #checkpointShape}
   * @return a fresh array in memory's order
   * @throws ShapeException if there are more or fewer values than elements
   */
  public float[] fromCheckpoint(float[] saved) {
    return convert(saved, false);
  }

  /** Every convolution layout is [K][C][window] against memory's [window][C][K]. */
  private float[] convert(float[] from, boolean toCheckpoint) {
    Shape s = shape();
    if (from.length != s.size()) {
      throw new ShapeException(
          "parameter of shape " + s + " has " + s.size() + " values, got " + from.length);
    }
    if (layout == Layout.AS_STORED) {
      return from.clone();
    }
    int window = s.dim(0) * s.dim(1);
    int in = s.dim(2);
    int out = s.dim(3);
    float[] to = new float[from.length];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        for (int w = 0; w < window; w++) {
          int saved = (o * in + i) * window + w;
          int stored = (w * in + i) * out + o;
          if (toCheckpoint) {
            to[saved] = from[stored];
          } else {
            to[stored] = from[saved];
          }
        }
      }
    }
    return to;
  }

  /**
   * Overwrites the values.
   *
   * @param stored new values in memory's order
   * @throws ShapeException if there are more or fewer values than elements
   */
  public void set(float[] stored) {
    if (stored.length != shape().size()) {
      throw new ShapeException(
          "parameter of shape " + shape() + " cannot take " + stored.length + " values");
    }
    KernelsProvider.current().write(stored, 0, value.buffer(), 0, stored.length);
  }

  /**
   * A parameter of its own with the same layout and values.
   *
   * @return the copy
   */
  public Parameter copy() {
    return new Parameter(Tensor.of(shape(), value.toArray()), layout);
  }

  /**
   * A parameter of zeros with the same shape and layout, such as an optimiser's moment.
   *
   * @return the new parameter
   */
  public Parameter zerosLike() {
    return new Parameter(Tensor.full(shape(), 0f), layout);
  }

  @Override
  public String toString() {
    return "Parameter" + Arrays.toString(shape().dims());
  }
}
