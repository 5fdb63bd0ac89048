package ornstein.engine.op;

import java.util.ArrayList;
import java.util.List;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Unary;
import ornstein.engine.op.AttentionOp.Packing;
import ornstein.engine.op.OpCase.Domain;

/** Cases of every operation: sizes that are no multiple of a vector, single elements, and none. */
final class OpCases {
  private OpCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    pointwise(cases);
    shapes(cases);
    reductions(cases);
    products(cases);
    images(cases);
    networks(cases);
    return cases;
  }

  private static void pointwise(List<OpCase> cases) {
    for (Unary f : Unary.values()) {
      Domain domain =
          switch (f) {
            case LOG, SQRT, RECIPROCAL -> Domain.POSITIVE;
            case ABS, RELU -> Domain.OFF_KINKS;
            default -> Domain.REAL;
          };
      for (int n : new int[] {0, 1, 19, 37}) {
        cases.add(OpCase.of(f + " of " + n, new UnaryOp(f), domain, Shape.of(n)));
      }
    }
    for (Binary f : Binary.values()) {
      Domain domain = f == Binary.DIVIDE ? Domain.POSITIVE : Domain.OFF_KINKS;
      Shape[][] pairs = {
        {Shape.of(0), Shape.of(0)},
        {Shape.scalar(), Shape.scalar()},
        {Shape.of(3, 7), Shape.of(3, 7)},
        {Shape.of(2, 3, 5), Shape.of(5)},
        {Shape.of(5), Shape.of(2, 3, 5)},
        {Shape.of(2, 3, 5), Shape.of(2, 1, 5)},
        {Shape.of(2, 3, 5), Shape.of(2, 1, 1)},
        {Shape.of(2, 1, 5), Shape.of(1, 3, 1)},
        {Shape.of(2, 3), Shape.scalar()},
        {Shape.of(0, 3), Shape.of(3)}
      };
      for (Shape[] p : pairs) {
        OpCase c = OpCase.of(f + " " + p[0] + " " + p[1], new BinaryOp(f), domain, p);
        if (domain == Domain.OFF_KINKS) {
          // no ties between the operands
          Tensor second = c.inputs().get(1).affine(1f, 0.125f);
          c = new OpCase(c.name(), c.op(), List.of(c.inputs().get(0), second), 2);
        }
        cases.add(c);
      }
    }
    for (int n : new int[] {0, 1, 21}) {
      Shape s = Shape.of(n);
      cases.add(OpCase.of("of " + n, new AffineOp(1.5f, -0.25f), Domain.REAL, s));
      cases.add(OpCase.of("of " + n, new ClampOp(-1f, 1f), Domain.OFF_KINKS, s));
    }
  }

  private static void shapes(List<OpCase> cases) {
    Shape s = Shape.of(2, 3, 5);
    cases.add(OpCase.of("to flat", new ReshapeOp(Shape.of(30)), Domain.REAL, s));
    cases.add(OpCase.of("empty", new ReshapeOp(Shape.of(3, 0)), Domain.REAL, Shape.of(0)));
    cases.add(OpCase.of("201", new PermuteOp(new int[] {2, 0, 1}), Domain.REAL, s));
    cases.add(OpCase.of("021", new PermuteOp(new int[] {0, 2, 1}), Domain.REAL, s));
    cases.add(OpCase.of("rank 0", new PermuteOp(new int[0]), Domain.REAL, Shape.scalar()));
    cases.add(OpCase.of("empty", new PermuteOp(new int[] {1, 0}), Domain.REAL, Shape.of(0, 3)));
    cases.add(OpCase.of("last axis", new SliceOp(-1, 1, 4), Domain.REAL, s));
    cases.add(OpCase.of("first axis", new SliceOp(0, 1, 2), Domain.REAL, s));
    cases.add(OpCase.of("nothing", new SliceOp(1, 2, 2), Domain.REAL, s));
    Shape t = Shape.of(2, 4, 5);
    cases.add(OpCase.of("middle", new ConcatOp(1), Domain.REAL, s, t, s));
    cases.add(OpCase.of("last", new ConcatOp(-1), Domain.REAL, s, Shape.of(2, 3, 1)));
    cases.add(OpCase.of("empty part", new ConcatOp(1), Domain.REAL, s, Shape.of(2, 0, 5)));
    cases.add(OpCase.of("middle", new ExpandOp(Shape.of(2, 3, 5)), Domain.REAL, Shape.of(2, 1, 5)));
    cases.add(OpCase.of("new axes", new ExpandOp(s), Domain.REAL, Shape.of(5)));
    cases.add(OpCase.of("scalar", new ExpandOp(s), Domain.REAL, Shape.scalar()));
  }

  private static void reductions(List<OpCase> cases) {
    int[][] axes = {{}, {0}, {1}, {-1}, {0, 1}, {0, 2}, {1, 2}};
    for (int[] a : axes) {
      Shape s = Shape.of(2, 3, 5);
      String name = java.util.Arrays.toString(a);
      cases.add(OpCase.of(name, new SumOp(a, false), Domain.REAL, s));
      cases.add(OpCase.of(name + " kept", new SumOp(a, true), Domain.REAL, s));
      cases.add(OpCase.of(name, new MaxOp(a, true), Domain.OFF_KINKS, s));
    }
    cases.add(
        OpCase.of("many rows", new SumOp(new int[] {0}, false), Domain.REAL, Shape.of(531, 3)));
    cases.add(
        OpCase.of("long row", new SumOp(new int[] {1}, false), Domain.REAL, Shape.of(2, 131)));
    cases.add(OpCase.of("empty", new SumOp(new int[0], false), Domain.REAL, Shape.of(0, 3)));
    cases.add(OpCase.of("empty row", new SumOp(new int[] {1}, false), Domain.REAL, Shape.of(3, 0)));
    cases.add(OpCase.of("rank 0", new SumOp(new int[0], false), Domain.REAL, Shape.scalar()));
    for (int n : new int[] {1, 7, 33}) {
      cases.add(OpCase.of("row of " + n, new SoftmaxOp(), Domain.REAL, Shape.of(3, n)));
    }
    cases.add(OpCase.of("empty", new SoftmaxOp(), Domain.REAL, Shape.of(0, 5)));
  }

  private static void products(List<OpCase> cases) {
    int[][] sizes = {
      {1, 1, 1}, {3, 5, 7}, {5, 17, 4}, {4, 16, 9}, {2, 33, 3}, {0, 3, 2}, {3, 0, 2}, {3, 2, 0}
    };
    for (boolean ta : new boolean[] {false, true}) {
      for (boolean tb : new boolean[] {false, true}) {
        for (int[] mnk : sizes) {
          int m = mnk[0];
          int n = mnk[1];
          int k = mnk[2];
          Shape a = ta ? Shape.of(k, m) : Shape.of(m, k);
          Shape b = tb ? Shape.of(n, k) : Shape.of(k, n);
          cases.add(
              OpCase.of(
                  a + " " + ta + " " + b + " " + tb, new MatmulOp(ta, tb), Domain.REAL, a, b));
        }
        Shape a = ta ? Shape.of(2, 4, 3) : Shape.of(2, 3, 4);
        Shape b = tb ? Shape.of(2, 5, 4) : Shape.of(2, 4, 5);
        cases.add(OpCase.of("batched " + ta + " " + tb, new MatmulOp(ta, tb), Domain.REAL, a, b));
      }
    }
    cases.add(
        OpCase.of(
            "one B for all",
            new MatmulOp(false, true),
            Domain.REAL,
            Shape.of(2, 3, 4),
            Shape.of(5, 4)));
    cases.add(
        OpCase.of(
            "deep", new MatmulOp(false, false), Domain.REAL, Shape.of(1, 300), Shape.of(300, 2)));
  }

  private static void images(List<OpCase> cases) {
    int[][] convolutions = {
      // n h w c k kh kw stride padding
      {1, 1, 1, 1, 1, 1, 1, 1, 0},
      {2, 5, 4, 3, 5, 3, 3, 1, 1},
      {1, 4, 6, 2, 17, 3, 3, 1, 1},
      {2, 6, 6, 3, 4, 3, 3, 2, 1},
      {1, 7, 5, 2, 3, 3, 3, 2, 1},
      {2, 3, 3, 5, 7, 1, 1, 1, 0},
      {1, 4, 4, 3, 2, 1, 1, 2, 0},
      {1, 5, 7, 2, 3, 2, 3, 1, 2},
      {1, 3, 3, 2, 2, 1, 1, 1, 1},
      {0, 4, 4, 2, 3, 3, 3, 1, 1},
      // Winograd's F(4,3): whole and cut tiles, tails of vectors, each padding
      {1, 8, 8, 8, 16, 3, 3, 1, 1},
      {2, 6, 9, 11, 3, 3, 3, 1, 1},
      {1, 7, 6, 9, 17, 3, 3, 1, 0},
      {1, 5, 3, 8, 2, 3, 3, 1, 2},
      // F(2,3): a tile of four would be mostly outside
      {1, 2, 2, 9, 5, 3, 3, 1, 1},
      {2, 6, 2, 8, 3, 3, 3, 1, 1},
      {0, 8, 8, 8, 16, 3, 3, 1, 1},
      // strides whose phases miss taps, pixels or both; windows cut at both ends
      {1, 7, 8, 2, 3, 3, 3, 3, 1},
      {1, 5, 6, 3, 2, 2, 3, 2, 2},
      {2, 5, 5, 2, 2, 1, 1, 3, 0},
      {1, 4, 4, 2, 3, 2, 2, 2, 3},
      // few pixels whose windows take several turns
      {1, 3, 3, 72, 5, 3, 3, 2, 1},
      // no channels
      {1, 3, 3, 0, 2, 3, 3, 1, 1},
      {1, 3, 3, 2, 0, 3, 3, 1, 1}
    };
    for (int[] g : convolutions) {
      Shape x = Shape.of(g[0], g[1], g[2], g[3]);
      Shape w = Shape.of(g[5], g[6], g[3], g[4]);
      Op op = new Conv2dOp(g[7], g[8]);
      String name = x + " * " + w + " stride " + g[7] + " padding " + g[8];
      cases.add(OpCase.of(name, op, Domain.REAL, x, w, Shape.of(g[4])));
      cases.add(OpCase.of(name + " no bias", op, Domain.REAL, x, w));
      Shape y = op.shape(List.of(x, w));
      cases.add(OpCase.of(name + " residual", op, Domain.REAL, x, w, Shape.of(g[4]), y));
    }
    for (int factor : new int[] {1, 2, 3}) {
      Shape fine = Shape.of(2, 2 * factor, factor, 5);
      cases.add(OpCase.of("by " + factor, new PoolOp(factor), Domain.REAL, fine));
      cases.add(
          OpCase.of("by " + factor, new UpsampleOp(factor), Domain.REAL, Shape.of(2, 2, 1, 5)));
    }
    cases.add(OpCase.of("empty", new UpsampleOp(2), Domain.REAL, Shape.of(0, 2, 2, 3)));
    cases.add(OpCase.of("empty", new PoolOp(2), Domain.REAL, Shape.of(0, 2, 2, 3)));
  }

  private static void networks(List<OpCase> cases) {
    int[][] norms = {{2, 3, 6, 3}, {1, 5, 4, 4}, {5, 2, 9, 1}, {2, 300, 2, 1}, {0, 3, 4, 2}};
    for (int[] g : norms) {
      Shape x = Shape.of(g[0], g[1], g[2]);
      Shape c = Shape.of(g[2]);
      Op op = new GroupNormOp(g[3], 1e-5f, null);
      Op silu = new GroupNormOp(g[3], 1e-5f, Unary.SILU);
      cases.add(OpCase.of(x + " SiLU", silu, Domain.REAL, x, c, c, Shape.of(g[0], 2 * g[2])));
      cases.add(OpCase.of(x + "", op, Domain.REAL, x, c, c));
      cases.add(OpCase.of(x + " modulated", op, Domain.REAL, x, c, c, Shape.of(g[0], 2 * g[2])));
    }
    int[][] attentions = {
      {1, 1, 1, 1, 1}, {2, 5, 7, 2, 3}, {1, 3, 2, 3, 4}, {0, 3, 3, 1, 2}, {1, 67, 3, 1, 2},
      // several blocks of keys, of channels; nothing to ask, to see or to say
      {1, 3, 67, 1, 2}, {1, 3, 5, 1, 70}, {1, 0, 3, 1, 2}, {1, 3, 0, 1, 2}, {1, 3, 3, 1, 0}
    };
    for (int[] g : attentions) {
      int channels = g[3] * g[4];
      Shape q = Shape.of(g[0], g[1], channels);
      Shape k = Shape.of(g[0], g[2], channels);
      Shape packed = Shape.of(g[0], g[1], 3 * channels);
      cases.add(
          OpCase.of(
              "heads " + g[3] + " " + q + k,
              new AttentionOp(g[3], Packing.SEPARATE),
              Domain.REAL,
              q,
              k,
              k));
      cases.add(
          OpCase.of(
              "head-major " + packed,
              new AttentionOp(g[3], Packing.HEAD_MAJOR),
              Domain.REAL,
              packed));
      cases.add(
          OpCase.of(
              "qkv-major " + packed,
              new AttentionOp(g[3], Packing.QKV_MAJOR),
              Domain.REAL,
              packed));
    }
    Tensor table = OpCase.draw(Rng.of(3), Domain.REAL, Shape.of(4, 5));
    Tensor index = Tensor.of(new float[] {3, 0, 3, 1, 3, 0}, 2, 3);
    cases.add(new OpCase("repeated rows", new EmbeddingOp(), List.of(table, index), 1));
    cases.add(new OpCase("none", new EmbeddingOp(), List.of(table, Tensor.zeros(0)), 1));
    Tensor t = Tensor.of(new float[] {0f, 1f, 37.5f, 999f});
    cases.add(new OpCase("odd", new SinusoidalEmbeddingOp(7, 10_000f), List.of(t), 0));
    cases.add(new OpCase("even", new SinusoidalEmbeddingOp(8, 10_000f), List.of(t), 0));
  }
}
