package ornstein.engine.internal;

import org.jspecify.annotations.Nullable;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Broadcast;
import ornstein.engine.kernel.Unary;

/** Pointwise verbs: ranges of elements shared among the team. */
final class Pointwise {
  /** Elements of a part below which sharing costs more than it gains. */
  private static final int GRAIN = 16_384;

  /** Parameters that are updated, then averaged, at a time. */
  private static final int PIECE = 2_048;

  /** A moving average that follows the parameters. */
  record Average(HeapBuffer weight, HeapBuffer average) {}

  private final Loops loops;
  private final Launcher launcher;

  Pointwise(Loops loops, Launcher launcher) {
    this.loops = loops;
    this.launcher = launcher;
  }

  void unary(Unary f, HeapBuffer x, HeapBuffer y) {
    launcher.run(
        y.size(),
        GRAIN,
        (slot, from, to) ->
            loops.unary(f, x.array(), x.offset() + from, y.array(), y.offset() + from, to - from));
  }

  void unaryGradient(Unary f, HeapBuffer x, HeapBuffer gy, HeapBuffer gx) {
    launcher.run(
        gx.size(),
        GRAIN,
        (slot, from, to) ->
            loops.unaryGradient(
                f,
                x.array(),
                x.offset() + from,
                gy.array(),
                gy.offset() + from,
                gx.array(),
                gx.offset() + from,
                to - from));
  }

  void binary(Binary f, Broadcast map, HeapBuffer a, HeapBuffer b, HeapBuffer y) {
    if (y.size() == 0) {
      return;
    }
    int last = map.dims().length - 1;
    int inner = map.dims()[last];
    int as = map.aStrides()[last];
    int bs = map.bStrides()[last];
    if (last == 0) {
      launcher.run(
          inner,
          GRAIN,
          (slot, from, to) ->
              loops.binary(
                  f,
                  a.array(),
                  a.offset() + from * as,
                  as,
                  b.array(),
                  b.offset() + from * bs,
                  bs,
                  y.array(),
                  y.offset() + from,
                  to - from));
      return;
    }
    launcher.run(
        y.size() / inner,
        Math.max(1, GRAIN / inner),
        (slot, from, to) -> {
          for (int r = from; r < to; r++) {
            loops.binary(
                f,
                a.array(),
                a.offset() + Movement.offset(map.dims(), map.aStrides(), last, r),
                as,
                b.array(),
                b.offset() + Movement.offset(map.dims(), map.bStrides(), last, r),
                bs,
                y.array(),
                y.offset() + r * inner,
                inner);
          }
        });
  }

  void affine(float scale, float shift, HeapBuffer x, HeapBuffer y) {
    launcher.run(
        y.size(),
        GRAIN,
        (slot, from, to) ->
            loops.affine(
                scale,
                shift,
                x.array(),
                x.offset() + from,
                y.array(),
                y.offset() + from,
                to - from));
  }

  void clamp(float low, float high, HeapBuffer x, HeapBuffer y) {
    launcher.run(
        y.size(),
        GRAIN,
        (slot, from, to) ->
            loops.clamp(
                low, high, x.array(), x.offset() + from, y.array(), y.offset() + from, to - from));
  }

  void clampGradient(float low, float high, HeapBuffer x, HeapBuffer gy, HeapBuffer gx) {
    launcher.run(
        gx.size(),
        GRAIN,
        (slot, from, to) ->
            loops.clampGradient(
                low,
                high,
                x.array(),
                x.offset() + from,
                gy.array(),
                gy.offset() + from,
                gx.array(),
                gx.offset() + from,
                to - from));
  }

  void adam(
      HeapBuffer hyper,
      HeapBuffer gradientScale,
      HeapBuffer g,
      HeapBuffer p,
      HeapBuffer m,
      HeapBuffer v,
      @Nullable Average average) {
    AdamCoefficients c = new AdamCoefficients(hyper, gradientScale);
    launcher.run(
        p.size(),
        GRAIN,
        (slot, from, to) -> {
          // Piece by piece, so that the average reads the parameters from the cache.
          for (int at = from; at < to; at += PIECE) {
            int n = Math.min(PIECE, to - at);
            loops.adam(
                c,
                g.array(),
                g.offset() + at,
                p.array(),
                p.offset() + at,
                m.array(),
                m.offset() + at,
                v.array(),
                v.offset() + at,
                n);
            if (average != null) {
              float w = average.weight().array()[average.weight().offset()];
              HeapBuffer e = average.average();
              loops.lerp(w, p.array(), p.offset() + at, e.array(), e.offset() + at, n);
            }
          }
        });
  }

  void lerp(HeapBuffer weight, HeapBuffer x, HeapBuffer average) {
    launcher.run(
        average.size(),
        GRAIN,
        (slot, from, to) ->
            loops.lerp(
                weight.array()[weight.offset()],
                x.array(),
                x.offset() + from,
                average.array(),
                average.offset() + from,
                to - from));
  }
}
