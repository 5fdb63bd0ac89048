package ornstein.engine.internal;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Broadcast;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.GroupNormalization;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.Matmul;
import ornstein.engine.kernel.Pool;
import ornstein.engine.kernel.Prepared;
import ornstein.engine.kernel.StridedCopy;
import ornstein.engine.kernel.Unary;

/**
 * The verbs on heap arrays: unwraps buffers, shares ranges among the team, and leaves the loops to
 * a scalar or a vector implementation.
 */
public final class HeapKernels implements Kernels {
  /** Elements of a part below which sharing a fill costs more than it gains. */
  private static final int FILL_GRAIN = 65_536;

  private final String name;
  private final Loops loops;
  private final Contractions contractions;
  private final WorkerTeam team;
  private final Launcher launcher;
  private final Pointwise pointwise;
  private final Reductions reductions;
  private final Normalization normalization;
  private final AttentionKernel attention;
  private final AttentionGradient attentionGradient;

  /** Assembles a back end; it owns the team. */
  public HeapKernels(String name, Loops loops, Contractions contractions, WorkerTeam team) {
    this(name + "x" + team.threads(), loops, contractions, team, new EagerLauncher(team));
  }

  private HeapKernels(
      String name, Loops loops, Contractions contractions, WorkerTeam team, Launcher launcher) {
    this.name = name;
    this.loops = loops;
    this.contractions = contractions;
    this.team = team;
    this.launcher = launcher;
    this.pointwise = new Pointwise(loops, launcher);
    this.reductions = new Reductions(loops, launcher);
    this.normalization = new Normalization(loops);
    this.attention = new AttentionKernel(loops, contractions);
    this.attentionGradient = new AttentionGradient(loops, contractions);
  }

  /** A buffer of this family; another back end's is a programming error, said clearly. */
  private static HeapBuffer heap(Buffer b) {
    if (b instanceof HeapBuffer h) {
      return h;
    }
    throw new IllegalArgumentException("a buffer of another back end: " + b.getClass().getName());
  }

  /** A buffer that is about to be written. */
  private HeapBuffer written(Buffer b) {
    HeapBuffer h = heap(b);
    launcher.writes(h);
    return h;
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
    return HeapBuffer.allocate(size);
  }

  @Override
  public Buffer view(Buffer base, int offset, int size) {
    if (offset < 0 || size < 0 || offset > base.size() - size) {
      throw new IndexOutOfBoundsException(
          "view [" + offset + ", +" + size + ") of a buffer of " + base.size());
    }
    return heap(base).view(offset, size);
  }

  @Override
  public void write(float[] source, int from, Buffer target, int to, int count) {
    boolean whole = to == 0 && count == target.size();
    HeapBuffer y = written(whole ? target : view(target, to, count));
    launcher.run(
        1, 1, (slot, first, end) -> System.arraycopy(source, from, y.array(), y.offset(), count));
  }

  @Override
  public void read(Buffer source, int from, float[] target, int to, int count) {
    HeapBuffer x = heap(view(source, from, count));
    System.arraycopy(x.array(), x.offset(), target, to, count);
  }

  @Override
  public void fill(float value, Buffer y) {
    HeapBuffer t = written(y);
    launcher.run(
        t.size(),
        FILL_GRAIN,
        (slot, from, to) -> Arrays.fill(t.array(), t.offset() + from, t.offset() + to, value));
  }

  @Override
  public void copy(StridedCopy copy, Buffer x, Buffer y) {
    Movement.copy(launcher, copy, heap(x), written(y));
  }

  @Override
  public void unary(Unary f, Buffer x, Buffer y) {
    pointwise.unary(f, heap(x), written(y));
  }

  @Override
  public void unaryGradient(Unary f, Buffer x, Buffer gy, Buffer gx) {
    pointwise.unaryGradient(f, heap(x), heap(gy), written(gx));
  }

  @Override
  public void binary(Binary f, Broadcast map, Buffer a, Buffer b, Buffer y) {
    pointwise.binary(f, map, heap(a), heap(b), written(y));
  }

  @Override
  public void affine(float scale, float shift, Buffer x, Buffer y) {
    pointwise.affine(scale, shift, heap(x), written(y));
  }

  @Override
  public void clamp(float low, float high, Buffer x, Buffer y) {
    pointwise.clamp(low, high, heap(x), written(y));
  }

  @Override
  public void clampGradient(float low, float high, Buffer x, Buffer gy, Buffer gx) {
    pointwise.clampGradient(low, high, heap(x), heap(gy), written(gx));
  }

  @Override
  public void sum(int outer, int reduced, int inner, Buffer x, Buffer y) {
    reductions.sum(outer, reduced, inner, heap(x), written(y));
  }

  @Override
  public void max(int outer, int reduced, int inner, Buffer x, Buffer y) {
    reductions.max(outer, reduced, inner, heap(x), written(y));
  }

  @Override
  public void softmax(int rows, int columns, Buffer x, Buffer y) {
    reductions.softmax(rows, columns, heap(x), written(y));
  }

  @Override
  public void softmaxGradient(int rows, int columns, Buffer y, Buffer gy, Buffer gx) {
    reductions.softmaxGradient(rows, columns, heap(y), heap(gy), written(gx));
  }

  @Override
  public void matmul(Matmul g, Buffer a, Buffer b, Buffer y) {
    contractions.matmul(launcher, g, heap(a), heap(b), written(y));
  }

  @Override
  public void convolution(
      Convolution g,
      Buffer x,
      Buffer weight,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      Buffer y) {
    contractions.convolution(
        launcher, g, heap(x), heap(weight), heapOrNull(bias), heapOrNull(residual), written(y));
  }

  @Override
  public void convolutionInputGradient(Convolution g, Buffer gy, Buffer weight, Buffer gx) {
    contractions.convolutionInputGradient(launcher, g, heap(gy), heap(weight), written(gx));
  }

  @Override
  public void convolutionWeightGradient(Convolution g, Buffer x, Buffer gy, Buffer gw) {
    contractions.convolutionWeightGradient(launcher, g, heap(x), heap(gy), written(gw));
  }

  @Override
  public void sumPool(Pool g, float scale, Buffer x, Buffer y) {
    Pooling.sum(loops, launcher, g, scale, heap(x), written(y));
  }

  @Override
  public void upsample(Pool g, float scale, Buffer x, Buffer y) {
    Pooling.upsample(loops, launcher, g, scale, heap(x), written(y));
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
        launcher,
        g,
        heap(x),
        heap(weight),
        heap(bias),
        heapOrNull(scaleShift),
        written(y),
        written(mean),
        written(rstd));
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
        .run(
            launcher,
            written(gx),
            written(gWeight),
            written(gBias),
            gScaleShift == null ? null : written(gScaleShift));
  }

  @Override
  public void attention(Attention g, Buffer q, Buffer k, Buffer v, Buffer y, Buffer logSumExp) {
    attention.forward(launcher, g, heap(q), heap(k), heap(v), written(y), written(logSumExp));
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
    attentionGradient.run(
        launcher,
        g,
        heap(q),
        heap(k),
        heap(v),
        heap(y),
        heap(logSumExp),
        heap(gy),
        written(gq),
        written(gk),
        written(gv));
  }

  @Override
  public void gather(int rows, int columns, Buffer table, Buffer index, Buffer y) {
    Movement.gather(launcher, rows, columns, heap(table), heap(index), written(y));
  }

  @Override
  public void scatterAdd(int rows, int columns, Buffer index, Buffer gy, Buffer gTable) {
    HeapBuffer i = heap(index);
    HeapBuffer g = heap(gy);
    HeapBuffer t = written(gTable);
    launcher.run(1, 1, (slot, from, to) -> Movement.scatterAdd(loops, rows, columns, i, g, t));
  }

  @Override
  public void sinusoidalEmbedding(int dim, float maxPeriod, Buffer t, Buffer y) {
    Sinusoid.embed(launcher, dim, maxPeriod, heap(t), written(y));
  }

  @Override
  public void randomUniform(Buffer generators, long position, Buffer y) {
    RandomFill.launch(launcher, loops::uniform, heap(generators), position, written(y));
  }

  @Override
  public void randomNormal(Buffer generators, long position, Buffer y) {
    RandomFill.launch(launcher, loops::normal, heap(generators), position, written(y));
  }

  @Override
  public void adam(
      Buffer hyper,
      Buffer gradientScale,
      Buffer g,
      Buffer p,
      Buffer m,
      Buffer v,
      @Nullable Buffer averageWeight,
      @Nullable Buffer average) {
    if ((averageWeight == null) != (average == null)) {
      throw new IllegalArgumentException("an average needs its weight, a weight its average");
    }
    pointwise.adam(
        heap(hyper),
        heap(gradientScale),
        heap(g),
        written(p),
        written(m),
        written(v),
        averageWeight == null || average == null
            ? null
            : new Pointwise.Average(heap(averageWeight), written(average)));
  }

  @Override
  public void lerp(Buffer weight, Buffer x, Buffer average) {
    pointwise.lerp(heap(weight), heap(x), written(average));
  }

  @Override
  public Prepared prepare(List<Consumer<Kernels>> verbs) {
    return ProgramLauncher.prepare(
        team,
        collector -> {
          HeapKernels kernels = new HeapKernels(name, loops, contractions, team, collector);
          for (Consumer<Kernels> verb : verbs) {
            verb.accept(kernels);
            collector.endVerb();
          }
        });
  }

  @Override
  public void rest() {
    team.rest();
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
