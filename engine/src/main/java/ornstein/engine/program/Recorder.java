package ornstein.engine.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
import ornstein.engine.kernel.Winograd;

/** Writes verbs down instead of doing them. Buffers that it allocates are {@link Symbol}s. */
final class Recorder implements Kernels {
  private final Kernels target;
  private final List<Call> calls = new ArrayList<>();

  Recorder(Kernels target) {
    this.target = target;
  }

  List<Call> calls() {
    return calls;
  }

  private static List<Buffer> some(@Nullable Buffer... buffers) {
    List<Buffer> present = new ArrayList<>();
    for (Buffer b : buffers) {
      if (b != null) {
        present.add(b);
      }
    }
    return List.copyOf(present);
  }

  private void call(
      String verb, String detail, List<Buffer> reads, List<Buffer> writes, Call.Issue issue) {
    call(verb, detail, reads, writes, 0, issue);
  }

  /** Overwriting a part of a buffer leaves the rest of it as it was: an update. */
  private void call(
      String verb,
      String detail,
      List<Buffer> reads,
      List<Buffer> writes,
      long flops,
      Call.Issue issue) {
    List<Buffer> whole = new ArrayList<>();
    List<Buffer> parts = new ArrayList<>();
    for (Buffer b : writes) {
      (b instanceof Symbol s && !s.whole() ? parts : whole).add(b);
    }
    calls.add(
        new Call(verb, detail, reads, List.copyOf(whole), List.copyOf(parts), flops, null, issue));
  }

  private void update(
      String verb, String detail, List<Buffer> reads, List<Buffer> updates, Call.Issue issue) {
    calls.add(new Call(verb, detail, reads, List.of(), updates, 0, null, issue));
  }

  private static String size(Buffer b) {
    return Integer.toString(b.size());
  }

  @Override
  public String name() {
    return target.name() + ", recording";
  }

  @Override
  public Buffer allocate(int size) {
    return new Symbol(null, 0, size);
  }

  @Override
  public Buffer view(Buffer base, int offset, int size) {
    if (!(base instanceof Symbol s)) {
      return target.view(base, offset, size);
    }
    if (offset < 0 || size < 0 || offset > base.size() - size) {
      throw new IndexOutOfBoundsException(
          "view [" + offset + ", +" + size + ") of a buffer of " + base.size());
    }
    return s.view(offset, size);
  }

  @Override
  public void write(float[] source, int from, Buffer y, int to, int count) {
    float[] constant = Arrays.copyOfRange(source, from, from + count);
    Buffer part = view(y, to, count);
    boolean whole = count == y.size();
    Call.Issue issue = (k, real) -> k.write(constant, 0, real.apply(part), 0, count);
    if (whole) {
      call("constant", size(y), List.of(), List.of(y), issue);
    } else {
      update("constant", count + " of " + size(y), List.of(), List.of(y), issue);
    }
  }

  @Override
  public void read(Buffer source, int from, float[] y, int to, int count) {
    throw new RecordingException(
        "values cannot be read while a program is recorded, because they may differ each time it"
            + " runs: return the tensor from the recorded code and read it after a run");
  }

  @Override
  public void fill(float value, Buffer y) {
    call("fill", size(y), List.of(), List.of(y), (k, real) -> k.fill(value, real.apply(y)));
  }

  /** Copies of parts that together fill a fresh buffer leave nothing of it to be cleared. */
  @Override
  public void copy(StridedCopy copy, Buffer x, Buffer y) {
    Call.Issue issue = (k, real) -> k.copy(copy, real.apply(x), real.apply(y));
    if (copy.size() == y.size()) {
      call("copy", size(y), List.of(x), List.of(y), issue);
    } else {
      String detail = copy.size() + " of " + size(y);
      StridedCopy part = y instanceof Symbol s && s.whole() ? copy : null;
      calls.add(new Call("copy", detail, List.of(x), List.of(), List.of(y), 0, part, issue));
    }
  }

  @Override
  public void unary(Unary f, Buffer x, Buffer y) {
    call(
        f.name().toLowerCase(Locale.ROOT),
        size(y),
        List.of(x),
        List.of(y),
        (k, real) -> k.unary(f, real.apply(x), real.apply(y)));
  }

  @Override
  public void unaryGradient(Unary f, Buffer x, Buffer gy, Buffer gx) {
    call(
        f.name().toLowerCase(Locale.ROOT) + " gradient",
        size(gx),
        List.of(x, gy),
        List.of(gx),
        (k, real) -> k.unaryGradient(f, real.apply(x), real.apply(gy), real.apply(gx)));
  }

  @Override
  public void binary(Binary f, Broadcast map, Buffer a, Buffer b, Buffer y) {
    call(
        f.name().toLowerCase(Locale.ROOT),
        size(y),
        List.of(a, b),
        List.of(y),
        (k, real) -> k.binary(f, map, real.apply(a), real.apply(b), real.apply(y)));
  }

  @Override
  public void affine(float scale, float shift, Buffer x, Buffer y) {
    call(
        "affine",
        size(y),
        List.of(x),
        List.of(y),
        (k, real) -> k.affine(scale, shift, real.apply(x), real.apply(y)));
  }

  @Override
  public void clamp(float low, float high, Buffer x, Buffer y) {
    call(
        "clamp",
        size(y),
        List.of(x),
        List.of(y),
        (k, real) -> k.clamp(low, high, real.apply(x), real.apply(y)));
  }

  @Override
  public void clampGradient(float low, float high, Buffer x, Buffer gy, Buffer gx) {
    call(
        "clamp gradient",
        size(gx),
        List.of(x, gy),
        List.of(gx),
        (k, real) -> k.clampGradient(low, high, real.apply(x), real.apply(gy), real.apply(gx)));
  }

  @Override
  public void sum(int outer, int reduced, int inner, Buffer x, Buffer y) {
    call(
        "sum",
        outer + "x" + reduced + "x" + inner,
        List.of(x),
        List.of(y),
        (k, real) -> k.sum(outer, reduced, inner, real.apply(x), real.apply(y)));
  }

  @Override
  public void max(int outer, int reduced, int inner, Buffer x, Buffer y) {
    call(
        "max",
        outer + "x" + reduced + "x" + inner,
        List.of(x),
        List.of(y),
        (k, real) -> k.max(outer, reduced, inner, real.apply(x), real.apply(y)));
  }

  @Override
  public void softmax(int rows, int columns, Buffer x, Buffer y) {
    call(
        "softmax",
        rows + "x" + columns,
        List.of(x),
        List.of(y),
        (k, real) -> k.softmax(rows, columns, real.apply(x), real.apply(y)));
  }

  @Override
  public void softmaxGradient(int rows, int columns, Buffer y, Buffer gy, Buffer gx) {
    call(
        "softmax gradient",
        rows + "x" + columns,
        List.of(y, gy),
        List.of(gx),
        (k, real) ->
            k.softmaxGradient(rows, columns, real.apply(y), real.apply(gy), real.apply(gx)));
  }

  @Override
  public void matmul(Matmul g, Buffer a, Buffer b, Buffer y) {
    call(
        "matmul",
        (g.batch() == 1 ? "" : g.batch() + " of ")
            + g.rows()
            + "x"
            + g.depth()
            + (g.transposeA() ? "T" : "")
            + " · "
            + g.depth()
            + "x"
            + g.columns()
            + (g.transposeB() ? "T" : ""),
        List.of(a, b),
        List.of(y),
        g.flops(),
        (k, real) -> k.matmul(g, real.apply(a), real.apply(b), real.apply(y)));
  }

  private static String detail(Convolution g, Winograd f) {
    return g.batch()
        + "x"
        + g.height()
        + "x"
        + g.width()
        + "x"
        + g.inChannels()
        + " * "
        + g.kernelHeight()
        + "x"
        + g.kernelWidth()
        + "x"
        + g.outChannels()
        + (g.stride() == 1 ? "" : " stride " + g.stride())
        + (f == Winograd.NONE ? "" : " " + f);
  }

  @Override
  public void convolution(
      Convolution g,
      Buffer x,
      Buffer weight,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      Buffer y) {
    call(
        "convolution" + (residual == null ? "" : " + residual"),
        detail(g, Winograd.of(g)),
        some(x, weight, bias, residual),
        List.of(y),
        g.flops(),
        (k, real) ->
            k.convolution(
                g,
                real.apply(x),
                real.apply(weight),
                bias == null ? null : real.apply(bias),
                residual == null ? null : real.apply(residual),
                real.apply(y)));
  }

  @Override
  public void convolutionInputGradient(Convolution g, Buffer gy, Buffer weight, Buffer gx) {
    call(
        "convolution input gradient",
        detail(g, Winograd.ofInputGradient(g)),
        List.of(gy, weight),
        List.of(gx),
        g.flops(),
        (k, real) ->
            k.convolutionInputGradient(g, real.apply(gy), real.apply(weight), real.apply(gx)));
  }

  @Override
  public void convolutionWeightGradient(Convolution g, Buffer x, Buffer gy, Buffer gw) {
    call(
        "convolution weight gradient",
        detail(g, Winograd.of(g)),
        List.of(x, gy),
        List.of(gw),
        g.flops(),
        (k, real) -> k.convolutionWeightGradient(g, real.apply(x), real.apply(gy), real.apply(gw)));
  }

  @Override
  public void sumPool(Pool g, float scale, Buffer x, Buffer y) {
    call(
        "pool",
        size(y),
        List.of(x),
        List.of(y),
        (k, real) -> k.sumPool(g, scale, real.apply(x), real.apply(y)));
  }

  @Override
  public void upsample(Pool g, float scale, Buffer x, Buffer y) {
    call(
        "upsample",
        size(y),
        List.of(x),
        List.of(y),
        (k, real) -> k.upsample(g, scale, real.apply(x), real.apply(y)));
  }

  private static String detail(GroupNormalization g) {
    return g.batch() + "x" + g.pixels() + "x" + g.channels() + " in " + g.groups();
  }

  private static String name(GroupNormalization g, @Nullable Buffer scaleShift) {
    return "group norm"
        + (scaleShift == null ? "" : " + scale-shift")
        + (g.activation() == null ? "" : " + " + g.activation().name().toLowerCase(Locale.ROOT));
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
    call(
        name(g, scaleShift),
        detail(g),
        some(x, weight, bias, scaleShift),
        List.of(y, mean, rstd),
        (k, real) ->
            k.groupNorm(
                g,
                real.apply(x),
                real.apply(weight),
                real.apply(bias),
                scaleShift == null ? null : real.apply(scaleShift),
                real.apply(y),
                real.apply(mean),
                real.apply(rstd)));
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
    call(
        name(g, scaleShift) + " gradient",
        detail(g),
        some(x, weight, bias, scaleShift, mean, rstd, gy),
        some(gx, gWeight, gBias, gScaleShift),
        (k, real) ->
            k.groupNormGradient(
                g,
                real.apply(x),
                real.apply(weight),
                real.apply(bias),
                scaleShift == null ? null : real.apply(scaleShift),
                real.apply(mean),
                real.apply(rstd),
                real.apply(gy),
                real.apply(gx),
                real.apply(gWeight),
                real.apply(gBias),
                gScaleShift == null ? null : real.apply(gScaleShift)));
  }

  private static String detail(Attention g) {
    return g.batch()
        + "x"
        + g.queries()
        + "x"
        + g.keys()
        + ", "
        + g.heads()
        + " heads of "
        + g.dim();
  }

  @Override
  public void attention(Attention g, Buffer q, Buffer k, Buffer v, Buffer y, Buffer logSumExp) {
    call(
        "attention",
        detail(g),
        List.of(q, k, v),
        List.of(y, logSumExp),
        g.flops(),
        (kernels, real) ->
            kernels.attention(
                g,
                real.apply(q),
                real.apply(k),
                real.apply(v),
                real.apply(y),
                real.apply(logSumExp)));
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
    call(
        "attention gradient",
        detail(g),
        List.of(q, k, v, y, logSumExp, gy),
        List.of(gq, gk, gv),
        g.gradientFlops(),
        (kernels, real) ->
            kernels.attentionGradient(
                g,
                real.apply(q),
                real.apply(k),
                real.apply(v),
                real.apply(y),
                real.apply(logSumExp),
                real.apply(gy),
                real.apply(gq),
                real.apply(gk),
                real.apply(gv)));
  }

  @Override
  public void gather(int rows, int columns, Buffer table, Buffer index, Buffer y) {
    call(
        "gather",
        size(index) + " of " + rows + "x" + columns,
        List.of(table, index),
        List.of(y),
        (k, real) -> k.gather(rows, columns, real.apply(table), real.apply(index), real.apply(y)));
  }

  @Override
  public void scatterAdd(int rows, int columns, Buffer index, Buffer gy, Buffer gTable) {
    call(
        "scatter add",
        size(index) + " to " + rows + "x" + columns,
        List.of(index, gy),
        List.of(gTable),
        (k, real) ->
            k.scatterAdd(rows, columns, real.apply(index), real.apply(gy), real.apply(gTable)));
  }

  @Override
  public void sinusoidalEmbedding(int dim, float maxPeriod, Buffer t, Buffer y) {
    call(
        "sinusoidal embedding",
        size(y),
        List.of(t),
        List.of(y),
        (k, real) -> k.sinusoidalEmbedding(dim, maxPeriod, real.apply(t), real.apply(y)));
  }

  @Override
  public void randomUniform(Buffer generators, long position, Buffer y) {
    call(
        "random uniform",
        size(y),
        List.of(generators),
        List.of(y),
        (k, real) -> k.randomUniform(real.apply(generators), position, real.apply(y)));
  }

  @Override
  public void randomNormal(Buffer generators, long position, Buffer y) {
    call(
        "random normal",
        size(y),
        List.of(generators),
        List.of(y),
        (k, real) -> k.randomNormal(real.apply(generators), position, real.apply(y)));
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
    update(
        "adam" + (average == null ? "" : " + average"),
        size(p),
        some(hyper, gradientScale, g, averageWeight),
        some(p, m, v, average),
        (k, real) ->
            k.adam(
                real.apply(hyper),
                real.apply(gradientScale),
                real.apply(g),
                real.apply(p),
                real.apply(m),
                real.apply(v),
                averageWeight == null ? null : real.apply(averageWeight),
                average == null ? null : real.apply(average)));
  }

  @Override
  public void lerp(Buffer weight, Buffer x, Buffer average) {
    update(
        "lerp",
        size(x),
        List.of(weight, x),
        List.of(average),
        (k, real) -> k.lerp(real.apply(weight), real.apply(x), real.apply(average)));
  }

  @Override
  public Prepared prepare(List<Consumer<Kernels>> verbs) {
    throw new RecordingException("a program cannot be prepared while another is recorded");
  }

  @Override
  public void rest() {
    // recording keeps no threads
  }

  @Override
  public void close() {
    // the target outlives the recording
  }
}
