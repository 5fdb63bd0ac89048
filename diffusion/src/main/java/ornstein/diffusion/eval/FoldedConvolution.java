package ornstein.diffusion.eval;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/**
 * A convolution with the normalisation behind it folded in, for networks that are only evaluated.
 *
 * @param weight [k, k, in, out], or [k, k, channels] for a convolution of each channel on its own
 * @param bias [out]
 * @param stride step of the window
 * @param padding what lies around the image
 * @param activated whether min(max(x, 0), 6) follows
 */
record FoldedConvolution(
    Tensor weight, Tensor bias, int stride, Padding padding, boolean activated) {

  /** What lies around an image. */
  enum Padding {
    /** Half a window of zeros on all sides, as PyTorch's networks have it. */
    HALF_WINDOW,
    /** As many zeros as ⌈side / stride⌉ windows need, the odd one behind, as TensorFlow's have. */
    SAME,
    /** One zero behind, as Keras pads in front of convolutions of stride 2. */
    ONE_BEHIND;

    int before(int side, int kernel, int stride) {
      return switch (this) {
        case HALF_WINDOW -> kernel / 2;
        case SAME -> around(side, kernel, stride) / 2;
        case ONE_BEHIND -> 0;
      };
    }

    int after(int side, int kernel, int stride) {
      return switch (this) {
        case HALF_WINDOW -> kernel / 2;
        case SAME -> around(side, kernel, stride) - around(side, kernel, stride) / 2;
        case ONE_BEHIND -> 1;
      };
    }

    private static int around(int side, int kernel, int stride) {
      return Math.max(0, (Math.ceilDiv(side, stride) - 1) * stride + kernel - side);
    }
  }

  /** Input channels. */
  int in() {
    return weight.shape().dim(2);
  }

  /** Output channels. */
  int out() {
    return bias.shape().dim(0);
  }

  /** Applies it to images [N, H, W, in]. */
  Tensor apply(Tensor x) {
    Tensor padded = padded(x);
    Tensor y =
        weight.shape().rank() == 3
            ? channelwise(padded)
            : Functional.conv2d(padded, weight, bias, stride, 0);
    return activated ? y.clamp(0, 6) : y;
  }

  private Tensor padded(Tensor x) {
    int kernel = weight.shape().dim(0);
    Tensor y = x;
    for (int axis = 1; axis <= 2; axis++) {
      int side = x.shape().dim(axis);
      Tensor before = Tensor.full(y.shape().with(axis, padding.before(side, kernel, stride)), 0);
      Tensor after = Tensor.full(y.shape().with(axis, padding.after(side, kernel, stride)), 0);
      List<Tensor> parts =
          List.of(before, y, after).stream().filter(t -> t.shape().size() > 0).toList();
      y = Tensor.concat(axis, parts);
    }
    return y;
  }

  /** Channels last: the inner loop is over neighbours in memory. */
  private Tensor channelwise(Tensor x) {
    Shape s = x.shape();
    int c = s.dim(3);
    int k = weight.shape().dim(0);
    int width = s.dim(2);
    int rows = (s.dim(1) - k) / stride + 1;
    int columns = (width - k) / stride + 1;
    float[] from = x.toArray();
    float[] w = weight.toArray();
    float[] b = bias.toArray();
    float[] to = new float[s.dim(0) * rows * columns * c];
    IntStream.range(0, s.dim(0) * rows)
        .parallel()
        .forEach(
            row -> {
              int top = row / rows * s.dim(1) + row % rows * stride;
              for (int column = 0; column < columns; column++) {
                float[] sum = Arrays.copyOf(b, c);
                for (int dy = 0; dy < k; dy++) {
                  for (int dx = 0; dx < k; dx++) {
                    int at = ((top + dy) * width + column * stride + dx) * c;
                    add(sum, from, at, w, (dy * k + dx) * c);
                  }
                }
                System.arraycopy(sum, 0, to, (row * columns + column) * c, c);
              }
            });
    return Tensor.of(Shape.of(s.dim(0), rows, columns, c), to);
  }

  private static void add(float[] sum, float[] x, int from, float[] w, int weights) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += x[from + i] * w[weights + i];
    }
  }
}
