package ornstein.engine.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.internal.scalar.Philox;
import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Broadcast;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.GroupNormalization;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.Matmul;
import ornstein.engine.kernel.Pool;
import ornstein.engine.kernel.StridedCopy;
import ornstein.engine.kernel.Unary;

/**
 * The verbs on heap arrays: unwraps buffers, shares ranges among the team, and leaves the loops to
 * a scalar or a vector implementation.
 */
public final class HeapKernels implements Kernels {
  private final String name;
  private final Loops loops;
  private final Contractions contractions;
  private final WorkerTeam team;
  private final Pointwise pointwise;
  private final Reductions reductions;
  private final Normalization normalization;
  private final AttentionKernel attention;

  /** Assembles a back end; it owns the team. */
  public HeapKernels(String name, Loops loops, Contractions contractions, WorkerTeam team) {
    this.name = name + "x" + team.threads();
    this.loops = loops;
    this.contractions = contractions;
    this.team = team;
    this.pointwise = new Pointwise(loops, team);
    this.reductions = new Reductions(loops, team);
    this.normalization = new Normalization(loops, team);
    this.attention = new AttentionKernel(loops, contractions, team);
  }

  /** A buffer of this family; another back end's is a programming error, said clearly. */
  private static HeapBuffer heap(Buffer b) {
    if (b instanceof HeapBuffer h) {
      return h;
    }
    throw new IllegalArgumentException("a buffer of another back end: " + b.getClass().getName());
  }

  private static @Nullable HeapBuffer heapOrNull(@Nullable Buffer b) {
    return b == null ? null : heap(b);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Buffer allocate(int size) {
    return new HeapBuffer(new float[size], 0, size);
  }

  @Override
  public Buffer view(Buffer base, int offset, int size) {
    if (offset < 0 || size < 0 || offset > base.size() - size) {
      throw new IndexOutOfBoundsException(
          "view [" + offset + ", +" + size + ") of a buffer of " + base.size());
    }
    HeapBuffer b = heap(base);
    return new HeapBuffer(b.array(), b.offset() + offset, size);
  }

  @Override
  public void write(float[] source, int from, Buffer target, int to, int count) {
    HeapBuffer y = heap(view(target, to, count));
    System.arraycopy(source, from, y.array(), y.offset(), count);
  }

  @Override
  public void read(Buffer source, int from, float[] target, int to, int count) {
    HeapBuffer x = heap(view(source, from, count));
    System.arraycopy(x.array(), x.offset(), target, to, count);
  }

  @Override
  public void fill(float value, Buffer y) {
    HeapBuffer t = heap(y);
    Arrays.fill(t.array(), t.offset(), t.offset() + t.size(), value);
  }

  @Override
  public void copy(StridedCopy copy, Buffer x, Buffer y) {
    Movement.copy(team, copy, heap(x), heap(y));
  }

  @Override
  public void unary(Unary f, Buffer x, Buffer y) {
    pointwise.unary(f, heap(x), heap(y));
  }

  @Override
  public void unaryGradient(Unary f, Buffer x, Buffer gy, Buffer gx) {
    pointwise.unaryGradient(f, heap(x), heap(gy), heap(gx));
  }

  @Override
  public void binary(Binary f, Broadcast map, Buffer a, Buffer b, Buffer y) {
    pointwise.binary(f, map, heap(a), heap(b), heap(y));
  }

  @Override
  public void affine(float scale, float shift, Buffer x, Buffer y) {
    pointwise.affine(scale, shift, heap(x), heap(y));
  }

  @Override
  public void clamp(float low, float high, Buffer x, Buffer y) {
    pointwise.clamp(low, high, heap(x), heap(y));
  }

  @Override
  public void clampGradient(float low, float high, Buffer x, Buffer gy, Buffer gx) {
    pointwise.clampGradient(low, high, heap(x), heap(gy), heap(gx));
  }

  @Override
  public void sum(int outer, int reduced, int inner, Buffer x, Buffer y) {
    reductions.sum(outer, reduced, inner, heap(x), heap(y));
  }

  @Override
  public void max(int outer, int reduced, int inner, Buffer x, Buffer y) {
    reductions.max(outer, reduced, inner, heap(x), heap(y));
  }

  @Override
  public void softmax(int rows, int columns, Buffer x, Buffer y) {
    reductions.softmax(rows, columns, heap(x), heap(y));
  }

  @Override
  public void softmaxGradient(int rows, int columns, Buffer y, Buffer gy, Buffer gx) {
    reductions.softmaxGradient(rows, columns, heap(y), heap(gy), heap(gx));
  }

  @Override
  public void matmul(Matmul g, Buffer a, Buffer b, Buffer y) {
    BatchedProduct.run(team, contractions, g, heap(a), heap(b), heap(y));
  }

  @Override
  public void convolution(Convolution g, Buffer x, Buffer weight, @Nullable Buffer bias, Buffer y) {
    contractions.convolution(team, g, heap(x), heap(weight), heapOrNull(bias), heap(y));
  }

  @Override
  public void convolutionInputGradient(Convolution g, Buffer gy, Buffer weight, Buffer gx) {
    contractions.convolutionInputGradient(team, g, heap(gy), heap(weight), heap(gx));
  }

  @Override
  public void convolutionWeightGradient(Convolution g, Buffer x, Buffer gy, Buffer gw) {
    contractions.convolutionWeightGradient(team, g, heap(x), heap(gy), heap(gw));
  }

  @Override
  public void sumPool(Pool g, float scale, Buffer x, Buffer y) {
    Pooling.sum(loops, team, g, scale, heap(x), heap(y));
  }

  @Override
  public void upsample(Pool g, float scale, Buffer x, Buffer y) {
    Pooling.upsample(loops, team, g, scale, heap(x), heap(y));
  }

  @Override
  public void groupNorm(
      GroupNormalization g,
      Buffer x,
      Buffer weight,
      Buffer bias,
      @Nullable Buffer scaleShift,
      Buffer y,
      Buffer mean,
      Buffer rstd) {
    normalization.forward(
        g,
        heap(x),
        heap(weight),
        heap(bias),
        heapOrNull(scaleShift),
        heap(y),
        heap(mean),
        heap(rstd));
  }

  @Override
  public void groupNormGradient(
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
      @Nullable Buffer gScaleShift) {
    new NormalizationGradient(
            loops,
            g,
            heap(x),
            heap(weight),
            heap(bias),
            heapOrNull(scaleShift),
            heap(mean),
            heap(rstd),
            heap(gy))
        .run(team, heap(gx), heap(gWeight), heap(gBias), heapOrNull(gScaleShift));
  }

  @Override
  public void attention(Attention g, Buffer q, Buffer k, Buffer v, Buffer y, Buffer logSumExp) {
    attention.forward(g, heap(q), heap(k), heap(v), heap(y), heap(logSumExp));
  }

  @Override
  public void attentionGradient(
      Attention g,
      Buffer q,
      Buffer k,
      Buffer v,
      Buffer y,
      Buffer logSumExp,
      Buffer gy,
      Buffer gq,
      Buffer gk,
      Buffer gv) {
    attention.gradient(
        g,
        heap(q),
        heap(k),
        heap(v),
        heap(y),
        heap(logSumExp),
        heap(gy),
        heap(gq),
        heap(gk),
        heap(gv));
  }

  @Override
  public void gather(int rows, int columns, Buffer table, Buffer index, Buffer y) {
    Movement.gather(rows, columns, heap(table), heap(index), heap(y));
  }

  @Override
  public void scatterAdd(int rows, int columns, Buffer index, Buffer gy, Buffer gTable) {
    fill(0f, gTable);
    HeapBuffer g = heap(gy);
    HeapBuffer t = heap(gTable);
    for (int i = 0; i < index.size(); i++) {
      int to = t.offset() + Movement.row(heap(index), i, rows) * columns;
      loops.addRows(g.array(), g.offset() + i * columns, 1, 0, t.array(), to, columns);
    }
  }

  @Override
  public void sinusoidalEmbedding(int dim, float maxPeriod, Buffer t, Buffer y) {
    Sinusoid.embed(dim, maxPeriod, heap(t), heap(y));
  }

  @Override
  public void randomUniform(long key, long stream, long position, Buffer y) {
    HeapBuffer t = heap(y);
    random(t, (at, n) -> Philox.uniform(key, stream, position + at, t.array(), t.offset() + at, n));
  }

  @Override
  public void randomNormal(long key, long stream, long position, Buffer y) {
    HeapBuffer t = heap(y);
    random(t, (at, n) -> Philox.normal(key, stream, position + at, t.array(), t.offset() + at, n));
  }

  /** Fills from element {@code at} on, n elements. */
  private interface Fill {
    void fill(int at, int n);
  }

  /** Parts start at multiples of 4, where a block of the generator does. */
  private void random(HeapBuffer y, Fill fill) {
    team.run(
        (y.size() + 3) / 4,
        1024,
        (from, to) -> fill.fill(4 * from, Math.min(4 * to, y.size()) - 4 * from));
  }

  @Override
  public void adam(Buffer hyper, Buffer gradientScale, Buffer g, Buffer p, Buffer m, Buffer v) {
    pointwise.adam(heap(hyper), heap(gradientScale), heap(g), heap(p), heap(m), heap(v));
  }

  @Override
  public void lerp(Buffer weight, Buffer x, Buffer average) {
    pointwise.lerp(heap(weight), heap(x), heap(average));
  }

  @Override
  public void close() {
    team.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
