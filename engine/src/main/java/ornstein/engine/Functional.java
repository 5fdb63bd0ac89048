package ornstein.engine;

import org.jspecify.annotations.Nullable;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Unary;
import ornstein.engine.op.AttentionOp;
import ornstein.engine.op.Conv2dOp;
import ornstein.engine.op.EmbeddingOp;
import ornstein.engine.op.GroupNormOp;
import ornstein.engine.op.PoolOp;
import ornstein.engine.op.SinusoidalEmbeddingOp;
import ornstein.engine.op.SoftmaxOp;
import ornstein.engine.op.UpsampleOp;

/**
 * The functions that networks are made of; PyTorch's {@code torch.nn.functional}, channels last.
 */
public final class Functional {
  private Functional() {}

  /**
   * Two-dimensional convolution.
   *
   * @param x images [N, H, W, C]
   * @param weight [kh, kw, C, K]
   * @param bias [K], or null for none
   * @param stride step of the window in pixels, at least 1
   * @param padding zero pixels on each side, at least 0
   * @return [N, H′, W′, K] with H′ = ⌊(H + 2·padding − kh) / stride⌋ + 1
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Tensor conv2d(
      Tensor x, Tensor weight, @Nullable Tensor bias, int stride, int padding) {
    Conv2dOp op = new Conv2dOp(stride, padding);
    return bias == null ? Autograd.apply(op, x, weight) : Autograd.apply(op, x, weight, bias);
  }

  /**
   * Two-dimensional convolution whose result is added to a residual, in one kernel.
   *
   * @param x images [N, H, W, C]
   * @param weight [kh, kw, C, K]
   * @param bias [K]
   * @param residual [N, H′, W′, K]
   * @param stride step of the window in pixels, at least 1
   * @param padding zero pixels on each side, at least 0
   * @return [N, H′, W′, K]
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Tensor conv2d(
      Tensor x, Tensor weight, Tensor bias, Tensor residual, int stride, int padding) {
    return Autograd.apply(new Conv2dOp(stride, padding), x, weight, bias, residual);
  }

  /**
   * x · weightᵀ + bias.
   *
   * @param x [..., in]
   * @param weight [out, in]
   * @param bias [out], or null for none
   * @return [..., out]
   * @throws ShapeException if the shapes do not fit
   */
  public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    Tensor y = x.matmul(false, weight, true);
    return bias == null ? y : y.add(bias);
  }

  /**
   * Group normalisation (Wu and He, 2018), then optionally y · (1 + scale) + shift per sample, then
   * optionally an activation, in one kernel.
   *
   * @param x [N, ..., C]
   * @param groups groups of neighbouring channels
   * @param weight [C]
   * @param bias [C]
   * @param scaleShift [N, 2C], scales first, or null
   * @param epsilon added to the variance
   * @param activation applied last, or null for none
   * @return a tensor of x's shape
   * @throws ShapeException if the shapes do not fit or groups does not divide C
   */
  public static Tensor groupNorm(
      Tensor x,
      int groups,
      Tensor weight,
      Tensor bias,
      @Nullable Tensor scaleShift,
      float epsilon,
      @Nullable Unary activation) {
    GroupNormOp op = new GroupNormOp(groups, epsilon, activation);
    return scaleShift == null
        ? Autograd.apply(op, x, weight, bias)
        : Autograd.apply(op, x, weight, bias, scaleShift);
  }

  /**
   * Softmax along the last axis.
   *
   * @param x logits
   * @return probabilities of x's shape
   */
  public static Tensor softmax(Tensor x) {
    return Autograd.apply(new SoftmaxOp(), x);
  }

  /**
   * The logarithm of softmax along the last axis, without overflow.
   *
   * @param x logits, at least one axis
   * @return log-probabilities of x's shape
   */
  public static Tensor logSoftmax(Tensor x) {
    int[] dims = x.shape().dims();
    dims[dims.length - 1] = 1;
    Tensor shifted = x.sub(x.detach().max(-1).reshape(dims));
    return shifted.sub(shifted.exp().sum(true, -1).log());
  }

  /**
   * The cross-entropy of class labels, −log softmax(logits)<sub>label</sub>.
   *
   * @param logits [N, K]
   * @param labels [N], class numbers in [0, K) held as floats
   * @return [N]
   * @throws ShapeException if the shapes do not fit
   * @throws IndexOutOfBoundsException if a label is no class
   */
  public static Tensor crossEntropy(Tensor logits, Tensor labels) {
    int classes = logits.shape().dim(-1);
    if (logits.shape().rank() != 2 || !labels.shape().equals(Shape.of(logits.shape().dim(0)))) {
      throw new ShapeException(
          "cross-entropy needs logits [N, K] and labels [N], got "
              + logits.shape()
              + " and "
              + labels.shape());
    }
    float[] identity = new float[classes * classes];
    for (int k = 0; k < classes; k++) {
      identity[k * classes + k] = 1;
    }
    Tensor oneHot = embedding(Tensor.of(identity, classes, classes), labels);
    return logSoftmax(logits).mul(oneHot).sum(-1).neg();
  }

  /**
   * Multi-head attention on separate queries, keys and values; channel = head · d + i.
   *
   * @param q [N, T, C]
   * @param k [N, S, C]
   * @param v [N, S, C]
   * @param heads number of heads, a divisor of C
   * @return [N, T, C]
   * @throws ShapeException if the shapes do not fit
   */
  public static Tensor scaledDotProductAttention(Tensor q, Tensor k, Tensor v, int heads) {
    return Autograd.apply(new AttentionOp(heads, AttentionOp.Packing.SEPARATE), q, k, v);
  }

  /**
   * Multi-head self-attention on queries, keys and values packed in one tensor.
   *
   * @param qkv [N, T, 3C]
   * @param heads number of heads, a divisor of C
   * @param packing order of the channels, HEAD_MAJOR or QKV_MAJOR
   * @return [N, T, C]
   * @throws ShapeException if the shapes do not fit
   */
  public static Tensor packedAttention(Tensor qkv, int heads, AttentionOp.Packing packing) {
    return Autograd.apply(new AttentionOp(heads, packing), qkv);
  }

  /**
   * Looks up rows of a table.
   *
   * @param table [R, C]
   * @param index integers in [0, R) held as floats, any shape
   * @return [..., C]
   * @throws IndexOutOfBoundsException if an index is not a row of the table
   */
  public static Tensor embedding(Tensor table, Tensor index) {
    return Autograd.apply(new EmbeddingOp(), table, index);
  }

  /**
   * Sinusoidal embedding of timesteps, cosines first, longest period 10,000 · 2π.
   *
   * @param timesteps [N], fractions allowed
   * @param dim length of an embedding, at least 2
   * @return [N, dim]
   * @throws ShapeException if timesteps has another rank or dim is below 2
   */
  public static Tensor timestepEmbedding(Tensor timesteps, int dim) {
    return timestepEmbedding(timesteps, dim, 10_000f);
  }

  /**
   * Sinusoidal embedding of timesteps, cosines first: f<sub>i</sub> = maxPeriod<sup>−i/h</sup> with
   * h = ⌊dim/2⌋.
   *
   * @param timesteps [N], fractions allowed
   * @param dim length of an embedding, at least 2
   * @param maxPeriod the longest period over 2π would be that of i = h
   * @return [N, dim]
   * @throws ShapeException if timesteps has another rank or dim is below 2
   */
  public static Tensor timestepEmbedding(Tensor timesteps, int dim, float maxPeriod) {
    return Autograd.apply(new SinusoidalEmbeddingOp(dim, maxPeriod), timesteps);
  }

  /**
   * Nearest-neighbour upsampling.
   *
   * @param x [N, H, W, C]
   * @param factor enlargement of each side
   * @return [N, H·factor, W·factor, C]
   * @throws ShapeException if x is no image
   */
  public static Tensor upsampleNearest(Tensor x, int factor) {
    return Autograd.apply(new UpsampleOp(factor), x);
  }

  /**
   * Bilinear resizing between pixel centres, as PyTorch's interpolate has it without aligned
   * corners.
   *
   * @param x [N, H, W, C]
   * @param height height of the result, at least 1
   * @param width width of the result, at least 1
   * @return [N, height, width, C]
   * @throws ShapeException if x is no image or a size is below 1
   */
  public static Tensor resizeBilinear(Tensor x, int height, int width) {
    Shape s = x.shape();
    if (s.rank() != 4 || height < 1 || width < 1) {
      throw new ShapeException(
          "bilinear resizing needs images [N, H, W, C] and a size, got "
              + s
              + " and "
              + height
              + "x"
              + width);
    }
    int n = s.dim(0);
    int c = s.dim(3);
    Tensor rows = betweenCentres(s.dim(1), height).expand(Shape.of(n, height, s.dim(1)));
    Tensor tall = rows.matmul(x.reshape(n, s.dim(1), s.dim(2) * c));
    Tensor columns = betweenCentres(s.dim(2), width).expand(Shape.of(n * height, width, s.dim(2)));
    return columns.matmul(tall.reshape(n * height, s.dim(2), c)).reshape(n, height, width, c);
  }

  /** The weights of linear interpolation from one number of pixels to another, [1, to, from]. */
  private static Tensor betweenCentres(int from, int to) {
    float[] weights = new float[to * from];
    for (int i = 0; i < to; i++) {
      double place = Math.max(0, (i + 0.5) * from / to - 0.5);
      int left = (int) place;
      int right = Math.min(left + 1, from - 1);
      weights[i * from + left] += (float) (1 - (place - left));
      weights[i * from + right] += (float) (place - left);
    }
    return Tensor.of(weights, 1, to, from);
  }

  /**
   * Average pooling over non-overlapping windows.
   *
   * @param x [N, H, W, C]
   * @param factor side of the window; H and W must be multiples
   * @return [N, H/factor, W/factor, C]
   * @throws ShapeException if the sizes do not fit
   */
  public static Tensor averagePool(Tensor x, int factor) {
    return Autograd.apply(new PoolOp(factor), x);
  }

  /**
   * Inverted dropout: zeroes each element with probability p and divides the rest by 1 − p.
   *
   * @param x any tensor
   * @param p probability in [0, 1)
   * @param rng generator of the mask
   * @return a tensor of x's shape
   * @throws IllegalArgumentException if p is out of range
   */
  public static Tensor dropout(Tensor x, float p, Rng rng) {
    if (!(p >= 0f && p < 1f)) {
      throw new IllegalArgumentException("dropout probability must be in [0, 1), got " + p);
    }
    if (p == 0f) {
      return x;
    }
    Tensor kept = rng.uniform(x.shape()).apply(Binary.LESS, Tensor.scalar(1f - p));
    return x.mul(kept.mul(1f / (1f - p)));
  }
}
