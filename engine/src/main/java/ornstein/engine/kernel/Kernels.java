package ornstein.engine.kernel;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The verbs that a back end provides. All arguments are buffers, geometry and a few scalars; what
 * changes from step to step (learning rate, coefficients of a sampler) travels in buffers, because
 * a back end that compiles kernels turns scalars into constants.
 *
 * <p>Outputs are dense, row-major and overwritten; an output may be the same buffer as an input
 * only where a verb says so. Every back end gives the same bits: the order of each reduction is
 * part of the contract (sixteen virtual lanes along a row, blocks of {@value #REDUCTION_BLOCK} rows
 * down a column, chunks of {@value #PRODUCT_CHUNK} for a product).
 *
 * <p>Safe for use by several threads at once on distinct output buffers.
 */
public interface Kernels extends AutoCloseable {
  /** Virtual lanes of a reduction along contiguous elements, whatever the hardware has. */
  int LANES = 16;

  /**
   * Length of the chains of a product. A sum over a longer depth is cut into chunks: each is one
   * chain of fused multiply-adds that starts from 0, and the chunks' sums are added in order.
   */
  int PRODUCT_CHUNK = 64;

  /** Rows that are summed one after the other before their partial sums are added up. */
  int REDUCTION_BLOCK = 256;

  /**
   * A short name, such as {@code vector-256x2}.
   *
   * @return the name of this back end with its width and threads
   */
  String name();

  /**
   * Allocates zeroed storage.
   *
   * @param size number of elements, at least 0
   * @return the buffer
   */
  Buffer allocate(int size);

  /**
   * A part of a buffer that shares its storage.
   *
   * @param base the whole buffer
   * @param offset first element of the part
   * @param size number of elements of the part
   * @return the view
   * @throws IndexOutOfBoundsException if the part is not within the buffer
   */
  Buffer view(Buffer base, int offset, int size);

  /**
   * Copies host data into a buffer.
   *
   * @param source host array
   * @param from first element of the array
   * @param target buffer written
   * @param to first element of the buffer
   * @param count number of elements
   */
  void write(float[] source, int from, Buffer target, int to, int count);

  /**
   * Copies a buffer's data to the host.
   *
   * @param source buffer read
   * @param from first element of the buffer
   * @param target host array
   * @param to first element of the array
   * @param count number of elements
   */
  void read(Buffer source, int from, float[] target, int to, int count);

  /**
   * Sets every element.
   *
   * @param value the value
   * @param y target
   */
  void fill(float value, Buffer y);

  /**
   * Copies one strided box into another; elements of y outside the box keep their values.
   *
   * @param copy the boxes
   * @param x source
   * @param y target
   */
  void copy(StridedCopy copy, Buffer x, Buffer y);

  /**
   * y = f(x), element by element; y may be x.
   *
   * @param f the function
   * @param x argument
   * @param y result, as long as x
   */
  void unary(Unary f, Buffer x, Buffer y);

  /**
   * gx = gy · f′(x), element by element; gx may be gy.
   *
   * @param f the function
   * @param x its argument
   * @param gy gradient of the result
   * @param gx gradient of the argument
   */
  void unaryGradient(Unary f, Buffer x, Buffer gy, Buffer gx);

  /**
   * y = f(a, b) with broadcasting; y may be an operand that is not stretched.
   *
   * @param f the function
   * @param map how the operands stretch
   * @param a first operand
   * @param b second operand
   * @param y result, dense
   */
  void binary(Binary f, Broadcast map, Buffer a, Buffer b, Buffer y);

  /**
   * y = scale · x + shift as one fused multiply-add; y may be x.
   *
   * @param scale factor
   * @param shift summand
   * @param x argument
   * @param y result
   */
  void affine(float scale, float shift, Buffer x, Buffer y);

  /**
   * y = min(max(x, low), high); NaN stays NaN; y may be x.
   *
   * @param low lower bound
   * @param high upper bound
   * @param x argument
   * @param y result
   */
  void clamp(float low, float high, Buffer x, Buffer y);

  /**
   * gx = gy where low ≤ x ≤ high, else 0; gx may be gy.
   *
   * @param low lower bound
   * @param high upper bound
   * @param x argument of the clamp
   * @param gy gradient of the result
   * @param gx gradient of the argument
   */
  void clampGradient(float low, float high, Buffer x, Buffer gy, Buffer gx);

  /**
   * Sums the middle axis of x, seen as [outer, reduced, inner]. With inner = 1 the row is summed in
   * {@link #LANES} interleaved lanes, which are then added in a binary tree; otherwise in blocks of
   * {@link #REDUCTION_BLOCK} rows, whose sums are added in order.
   *
   * @param outer extent before the reduced axis
   * @param reduced extent of the reduced axis; 0 gives sums of 0
   * @param inner extent after the reduced axis
   * @param x argument
   * @param y result, [outer, inner]
   */
  void sum(int outer, int reduced, int inner, Buffer x, Buffer y);

  /**
   * The maximum over the middle axis of x, seen as [outer, reduced, inner]; NaN if any is NaN.
   *
   * @param outer extent before the reduced axis
   * @param reduced extent of the reduced axis, at least 1
   * @param inner extent after the reduced axis
   * @param x argument
   * @param y result, [outer, inner]
   */
  void max(int outer, int reduced, int inner, Buffer x, Buffer y);

  /**
   * Softmax of each row, with the row's maximum subtracted first.
   *
   * @param rows number of rows
   * @param columns length of a row
   * @param x logits
   * @param y probabilities; may be x
   */
  void softmax(int rows, int columns, Buffer x, Buffer y);

  /**
   * Gradient of softmax: gx = y · (gy − Σ gy·y) in each row.
   *
   * @param rows number of rows
   * @param columns length of a row
   * @param y probabilities
   * @param gy their gradient
   * @param gx gradient of the logits
   */
  void softmaxGradient(int rows, int columns, Buffer y, Buffer gy, Buffer gx);

  /**
   * Batched matrix product, its depth in chunks of {@link #PRODUCT_CHUNK}.
   *
   * @param g geometry
   * @param a first factor
   * @param b second factor
   * @param y product, [batch, rows, columns]
   */
  void matmul(Matmul g, Buffer a, Buffer b, Buffer y);

  /**
   * Convolution, then y + bias, then y + residual. By {@link Winograd#of} it is computed by the
   * definition, as a product over the window in the order (kernel row, kernel column, channel) with
   * chunks of {@link #PRODUCT_CHUNK}, or in the transformed domain, as products over the channels.
   *
   * @param g geometry
   * @param x input
   * @param weight weights
   * @param bias one value per output channel, or null for none
   * @param residual added to the result, of its shape, or null for none
   * @param y output
   */
  void convolution(
      Convolution g,
      Buffer x,
      Buffer weight,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      Buffer y);

  /**
   * Gradient of the convolution's input: the convolution {@link Convolution#adjoint} of the
   * output's gradient with the weights turned round, computed as that one would be. With a stride s
   * it is computed by the definition, of the taps that reach a pixel, every s-th row and column of
   * them, the last tap first.
   *
   * @param g geometry of the forward convolution
   * @param gy gradient of its output
   * @param weight weights
   * @param gx gradient of its input
   */
  void convolutionInputGradient(Convolution g, Buffer gy, Buffer weight, Buffer gx);

  /**
   * Gradient of the convolution's weights: a product over the output pixels in order, or in the
   * transformed domain over the tiles in order, in chunks of {@link #PRODUCT_CHUNK}.
   *
   * @param g geometry of the forward convolution
   * @param x its input
   * @param gy gradient of its output
   * @param gw gradient of its weights
   */
  void convolutionWeightGradient(Convolution g, Buffer x, Buffer gy, Buffer gw);

  /**
   * Sums each window of the fine image and multiplies by a factor (1/factor² gives the average).
   *
   * @param g geometry
   * @param scale factor of each sum
   * @param x fine image
   * @param y coarse image
   */
  void sumPool(Pool g, float scale, Buffer x, Buffer y);

  /**
   * Repeats each coarse pixel over its window, multiplied by a factor: the adjoint of {@link
   * #sumPool}.
   *
   * @param g geometry
   * @param scale factor of each element
   * @param x coarse image
   * @param y fine image
   */
  void upsample(Pool g, float scale, Buffer x, Buffer y);

  /**
   * Group normalisation, affine per channel, then optionally modulated per sample: z = (x − mean) ·
   * rstd · weight + bias, y = z · (1 + scale) + shift.
   *
   * @param g geometry
   * @param x input, [batch, pixels, channels]
   * @param weight [channels]
   * @param bias [channels]
   * @param scaleShift [batch, 2·channels], scales first, or null
   * @param y output
   * @param mean saved means, [batch, groups]
   * @param rstd saved reciprocal standard deviations, [batch, groups]
   */
  void groupNorm(
      GroupNormalization g,
      Buffer x,
      Buffer weight,
      Buffer bias,
      @Nullable Buffer scaleShift,
      Buffer y,
      Buffer mean,
      Buffer rstd);

  /**
   * All gradients of {@link #groupNorm}.
   *
   * @param g geometry
   * @param x input of the forward pass
   * @param weight [channels]
   * @param bias [channels]
   * @param scaleShift as in the forward pass
   * @param mean saved means
   * @param rstd saved reciprocal standard deviations
   * @param gy gradient of the output
   * @param gx gradient of the input
   * @param gWeight gradient of the weight
   * @param gBias gradient of the bias
   * @param gScaleShift gradient of scaleShift; null exactly when that is null
   */
  void groupNormGradient(
      GroupNormalization g,
      Buffer x,
      Buffer weight,
      Buffer bias,
      @Nullable Buffer scaleShift,
      Buffer mean,
      Buffer rstd,
      Buffer gy,
      Buffer gx,
      Buffer gWeight,
      Buffer gBias,
      @Nullable Buffer gScaleShift);

  /**
   * Scaled-dot-product attention, over {@value #PRODUCT_CHUNK} keys at a time, in order (Dao et
   * al., 2022, "FlashAttention", algorithm 1). A block's exponentials, of fma(scale, logit, −scale
   * · maximum so far) but at least −87, are summed key after key; sums and results so far are
   * scaled down by the exponential of the maximum's change before a block's are added; the results
   * are multiplied by the sums' reciprocals at the end. Without keys the result is 0.
   *
   * @param g geometry
   * @param q buffer that holds the queries
   * @param k buffer that holds the keys
   * @param v buffer that holds the values
   * @param y result, [batch, queries, heads · dim]
   * @param logSumExp saved log of each row's normaliser, [batch, heads, queries]
   */
  void attention(Attention g, Buffer q, Buffer k, Buffer v, Buffer y, Buffer logSumExp);

  /**
   * Gradients of {@link #attention}; those of keys and values add {@value #PRODUCT_CHUNK} queries
   * at a time, those of queries as many keys, in order. They are written where the operands lie in
   * buffers of the same layout; the three gradients may be one buffer if the operands are.
   *
   * @param g geometry
   * @param q queries
   * @param k keys
   * @param v values
   * @param y result of the forward pass
   * @param logSumExp saved by the forward pass
   * @param gy gradient of the result
   * @param gq gradient of the queries
   * @param gk gradient of the keys
   * @param gv gradient of the values
   */
  void attentionGradient(
      Attention g,
      Buffer q,
      Buffer k,
      Buffer v,
      Buffer y,
      Buffer logSumExp,
      Buffer gy,
      Buffer gq,
      Buffer gk,
      Buffer gv);

  /**
   * Gathers rows: y[i] = table[index[i]].
   *
   * @param rows rows of the table
   * @param columns length of a row
   * @param table the table, [rows, columns]
   * @param index row numbers as floats, each an integer in [0, rows)
   * @param y result, [index.size(), columns]
   * @throws IndexOutOfBoundsException if an index is not a row of the table
   */
  void gather(int rows, int columns, Buffer table, Buffer index, Buffer y);

  /**
   * Adjoint of {@link #gather}: sums the rows of gy by index, in order.
   *
   * @param rows rows of the table
   * @param columns length of a row
   * @param index row numbers as floats
   * @param gy gradient of the gathered rows
   * @param gTable gradient of the table, overwritten
   */
  void scatterAdd(int rows, int columns, Buffer index, Buffer gy, Buffer gTable);

  /**
   * Sinusoidal embedding of timesteps: [cos(t·f₀) … cos(t·f_{h−1}), sin(t·f₀) …], f_i =
   * maxPeriod<sup>−i/h</sup>, h = ⌊dim/2⌋, a last zero if dim is odd (Vaswani et al., 2017, §3.5,
   * in improved DDPM's order).
   *
   * @param dim length of an embedding
   * @param maxPeriod longest wavelength, over 2π
   * @param t timesteps, fractions allowed
   * @param y result, [t.size(), dim]
   */
  void sinusoidalEmbedding(int dim, float maxPeriod, Buffer t, Buffer y);

  /**
   * Uniform numbers in (0, 1) from Philox 4×32-10. With G generators y is cut into G equal shares,
   * one for each; element i of a share depends on its generator and position + i only.
   *
   * @param generators the state of G generators, see {@link GeneratorState}
   * @param position number of elements that each has drawn before, a multiple of 4
   * @param y target, a multiple of G long
   * @throws IllegalArgumentException if the position or a size is not as said
   */
  void randomUniform(Buffer generators, long position, Buffer y);

  /**
   * Standard normal numbers by the Box–Muller transform of the same uniform numbers.
   *
   * @param generators the state of G generators, see {@link GeneratorState}
   * @param position number of elements that each has drawn before, a multiple of 4
   * @param y target, a multiple of G long
   * @throws IllegalArgumentException if the position or a size is not as said
   */
  void randomNormal(Buffer generators, long position, Buffer y);

  /**
   * One step of Adam or AdamW in place (Kingma and Ba, 2015, algorithm 1; Loshchilov and Hutter,
   * 2019, algorithm 2). With s the gradient's scale: g ← s·g + l2·p; p ← decay·p; m ← β₁m +
   * (1−β₁)g; v ← β₂v + (1−β₂)g²; p ← p − step · m / (√v · rootCorrection + ε).
   *
   * @param hyper nine values: β₁, 1−β₁, β₂, 1−β₂, ε, step = lr/(1−β₁ᵗ), rootCorrection =
   *     1/√(1−β₂ᵗ), decay = 1 − lr·weightDecay, l2
   * @param gradientScale one value, the factor of the gradient (from clipping)
   * @param g gradient
   * @param p parameter, updated
   * @param m first moment, updated
   * @param v second moment, updated
   * @param averageWeight as in {@link #lerp}; null exactly if there is no average
   * @param average an average that then moves towards the parameter, or null for none
   * @throws IllegalArgumentException if only one of weight and average is given
   */
  void adam(
      Buffer hyper,
      Buffer gradientScale,
      Buffer g,
      Buffer p,
      Buffer m,
      Buffer v,
      @Nullable Buffer averageWeight,
      @Nullable Buffer average);

  /**
   * Moves an average towards x: average ← average + weight · (x − average).
   *
   * @param weight one value in [0, 1]
   * @param x target of the movement
   * @param average updated
   */
  void lerp(Buffer weight, Buffer x, Buffer average);

  /**
   * Makes verbs ready to run again and again without allocating. What they derive from buffers that
   * none of them writes, such as weights in another layout, is kept until those buffers change.
   *
   * @param verbs each issues one verb to the kernels it is given, which do not run it; it is called
   *     more than once
   * @return the prepared verbs
   */
  Prepared prepare(List<Consumer<Kernels>> verbs);

  /**
   * Ends threads that wait for work, and those at work as soon as they have done their part. The
   * next verb that is shared among threads starts them anew.
   */
  void rest();

  /** Stops the back end's threads; its buffers must not be used any more. */
  @Override
  void close();
}
