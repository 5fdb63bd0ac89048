package ornstein.engine.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Unary;

/**
 * One way of calling one loop.
 *
 * @param name for messages
 * @param outputs arrays written
 * @param allRows whether a matrix is written, not one range
 * @param body the call
 */
record LoopCall(String name, Set<Integer> outputs, boolean allRows, Body body) {
  /** Runs the loop on arrays from the given offsets and returns its number, or 0. */
  interface Body {
    float run(Loops loops, LoopOperands o, float[][] a, int[] at);
  }

  /** Runs a loop that returns no number. */
  private interface Procedure {
    void run(Loops loops, LoopOperands o, float[][] a, int[] at);
  }

  float run(Loops loops, LoopOperands o) {
    return body.run(loops, o, o.array, o.offset);
  }

  @Override
  public String toString() {
    return name;
  }

  private static LoopCall range(String name, Procedure p, Integer... outputs) {
    return procedure(name, false, p, outputs);
  }

  private static LoopCall matrix(String name, Procedure p, Integer... outputs) {
    return procedure(name, true, p, outputs);
  }

  private static LoopCall procedure(String name, boolean allRows, Procedure p, Integer... outputs) {
    Body body =
        (l, o, a, at) -> {
          p.run(l, o, a, at);
          return 0f;
        };
    return new LoopCall(name, Set.of(outputs), allRows, body);
  }

  private static LoopCall number(String name, Body body) {
    return new LoopCall(name, Set.of(), false, body);
  }

  /** Every loop, in place too where that is allowed. */
  static List<LoopCall> all() {
    List<LoopCall> calls = new ArrayList<>();
    calls.addAll(unary());
    calls.addAll(binary());
    calls.addAll(pointwise());
    calls.addAll(reductions());
    calls.addAll(rows());
    return calls;
  }

  private static List<LoopCall> unary() {
    List<LoopCall> calls = new ArrayList<>();
    for (Unary f : Unary.values()) {
      calls.add(range(f + "", (l, o, a, at) -> l.unary(f, a[0], at[0], a[1], at[1], o.n), 1));
      calls.add(
          range(f + " in place", (l, o, a, at) -> l.unary(f, a[0], at[0], a[0], at[0], o.n), 0));
      calls.add(
          range(
              f + " gradient",
              (l, o, a, at) -> l.unaryGradient(f, a[0], at[0], a[1], at[1], a[2], at[2], o.n),
              2));
      calls.add(
          range(
              f + " gradient in place",
              (l, o, a, at) -> l.unaryGradient(f, a[0], at[0], a[1], at[1], a[1], at[1], o.n),
              1));
    }
    return calls;
  }

  private static List<LoopCall> binary() {
    List<LoopCall> calls = new ArrayList<>();
    for (Binary f : Binary.values()) {
      for (int s = 0; s < 4; s++) {
        int as = s % 2;
        int bs = s / 2;
        calls.add(
            range(
                f + " with strides " + as + ", " + bs,
                (l, o, a, at) -> l.binary(f, a[0], at[0], as, a[1], at[1], bs, a[2], at[2], o.n),
                2));
      }
      calls.add(
          range(
              f + " in place",
              (l, o, a, at) -> l.binary(f, a[0], at[0], 1, a[1], at[1], 1, a[1], at[1], o.n),
              1));
    }
    return calls;
  }

  private static List<LoopCall> pointwise() {
    return List.of(
        range("affine", (l, o, a, at) -> l.affine(o.low, o.high, a[0], at[0], a[1], at[1], o.n), 1),
        range("clamp", (l, o, a, at) -> l.clamp(o.low, o.high, a[0], at[0], a[1], at[1], o.n), 1),
        range("clamp at zero", (l, o, a, at) -> l.clamp(-0f, 0f, a[0], at[0], a[1], at[1], o.n), 1),
        range(
            "clamp gradient",
            (l, o, a, at) ->
                l.clampGradient(o.low, o.high, a[0], at[0], a[1], at[1], a[2], at[2], o.n),
            2),
        range("maximum into", (l, o, a, at) -> l.maxInto(a[0], at[0], a[1], at[1], o.n), 1),
        range(
            "softmax gradient",
            (l, o, a, at) -> l.softmaxGradient(o.low, a[0], at[0], a[1], at[1], a[2], at[2], o.n),
            2),
        range("lerp", (l, o, a, at) -> l.lerp(o.low, a[0], at[0], a[1], at[1], o.n), 1),
        range(
            "Adam",
            (l, o, a, at) ->
                l.adam(
                    GivenCoefficients.of(
                        o.high, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, 1e-3f, 3f, 0.99f, o.low),
                    a[0],
                    at[0],
                    a[1],
                    at[1],
                    a[2],
                    at[2],
                    a[3],
                    at[3],
                    o.n),
            1,
            2,
            3));
  }

  private static List<LoopCall> reductions() {
    return List.of(
        number("sum", (l, o, a, at) -> l.sum(a[0], at[0], o.n)),
        number("dot", (l, o, a, at) -> l.dot(a[0], at[0], a[1], at[1], o.n)),
        number("squared deviations", (l, o, a, at) -> l.squaredDeviations(o.low, a[0], at[0], o.n)),
        number("maximum", (l, o, a, at) -> l.max(a[0], at[0], o.n)),
        new LoopCall(
            "sum of exponentials",
            Set.of(1),
            false,
            (l, o, a, at) -> l.expSum(o.low, o.high, a[0], at[0], a[1], at[1], o.n)),
        new LoopCall(
            "sum of exponentials in place",
            Set.of(0),
            false,
            (l, o, a, at) -> l.expSum(o.low, o.high, a[0], at[0], a[0], at[0], o.n)));
  }

  private static List<LoopCall> rows() {
    return List.of(
        range(
            "add rows",
            (l, o, a, at) -> l.addRows(a[0], at[0], o.rows, o.stride, a[1], at[1], o.n),
            1),
        range(
            "add squared deviations",
            (l, o, a, at) ->
                l.addSquaredDeviations(
                    a[0], at[0], o.rows, o.stride, a[1], at[1], a[2], at[2], o.n),
            2),
        range(
            "add centred products",
            (l, o, a, at) ->
                l.addCentredProducts(
                    a[0], at[0], a[1], at[1], o.rows, o.stride, a[2], at[2], a[3], at[3], o.n),
            3),
        range(
            "maxima of columns",
            (l, o, a, at) -> l.maxRows(a[0], at[0], o.rows, o.stride, a[1], at[1], o.n),
            1),
        new LoopCall(
            "floored exponentials and their sums",
            Set.of(0),
            true,
            (l, o, a, at) -> {
              float[] sums = new float[o.n];
              l.flooredExpRows(o.high, a[1], at[1], a[0], at[0], o.rows, o.stride, sums, 0, o.n);
              return l.sum(sums, 0, o.n);
            }),
        matrix(
            "softmax gradient of columns",
            (l, o, a, at) ->
                l.softmaxGradientRows(a[0], at[0], a[1], at[1], a[2], at[2], o.rows, o.stride, o.n),
            2),
        matrix(
            "scale rows",
            (l, o, a, at) -> l.scaleRows(a[1], at[1], a[0], at[0], o.rows, o.stride, o.n),
            0),
        matrix(
            "scale and shift rows",
            (l, o, a, at) ->
                l.scaleShiftRows(
                    a[0], at[0], o.rows, o.stride, a[1], at[1], a[2], at[2], a[3], at[3], o.n),
            3),
        matrix(
            "combine rows",
            (l, o, a, at) ->
                l.combineRows(
                    a[0], at[0], a[1], at[1], a[2], at[2], a[3], at[3], a[4], at[4], a[5], at[5],
                    o.rows, o.stride, a[6], at[6], o.n),
            6));
  }
}
