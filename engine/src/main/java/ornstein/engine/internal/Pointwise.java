package ornstein.engine.internal;

import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Broadcast;
import ornstein.engine.kernel.Unary;

/** Pointwise verbs: ranges of elements shared among the team. */
final class Pointwise {
  /** Elements of a part below which sharing costs more than it gains. */
  private static final int GRAIN = 16_384;

  private final Loops loops;
  private final WorkerTeam team;

  Pointwise(Loops loops, WorkerTeam team) {
    this.loops = loops;
    this.team = team;
  }

  void unary(Unary f, HeapBuffer x, HeapBuffer y) {
    team.run(
        y.size(),
        GRAIN,
        (from, to) ->
            loops.unary(f, x.array(), x.offset() + from, y.array(), y.offset() + from, to - from));
  }

  void unaryGradient(Unary f, HeapBuffer x, HeapBuffer gy, HeapBuffer gx) {
    team.run(
        gx.size(),
        GRAIN,
        (from, to) ->
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
      team.run(
          inner,
          GRAIN,
          (from, to) ->
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
    team.run(
        y.size() / inner,
        Math.max(1, GRAIN / inner),
        (from, to) -> {
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
    team.run(
        y.size(),
        GRAIN,
        (from, to) ->
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
    team.run(
        y.size(),
        GRAIN,
        (from, to) ->
            loops.clamp(
                low, high, x.array(), x.offset() + from, y.array(), y.offset() + from, to - from));
  }

  void clampGradient(float low, float high, HeapBuffer x, HeapBuffer gy, HeapBuffer gx) {
    team.run(
        gx.size(),
        GRAIN,
        (from, to) ->
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
      HeapBuffer v) {
    float[] h = hyper.array();
    int at = hyper.offset();
    AdamCoefficients c =
        new AdamCoefficients(
            gradientScale.array()[gradientScale.offset()],
            h[at],
            h[at + 1],
            h[at + 2],
            h[at + 3],
            h[at + 4],
            h[at + 5],
            h[at + 6],
            h[at + 7],
            h[at + 8]);
    team.run(
        p.size(),
        GRAIN,
        (from, to) ->
            loops.adam(
                c,
                g.array(),
                g.offset() + from,
                p.array(),
                p.offset() + from,
                m.array(),
                m.offset() + from,
                v.array(),
                v.offset() + from,
                to - from));
  }

  void lerp(HeapBuffer weight, HeapBuffer x, HeapBuffer average) {
    float w = weight.array()[weight.offset()];
    team.run(
        average.size(),
        GRAIN,
        (from, to) ->
            loops.lerp(
                w,
                x.array(),
                x.offset() + from,
                average.array(),
                average.offset() + from,
                to - from));
  }
}
