package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Attention.Rows;
import ornstein.engine.kernel.Buffer;

/**
 * Multi-head scaled-dot-product attention with logits scaled by 1/√d, d = C / heads. Result [N, T,
 * C], channel = head · d + i.
 *
 * @param heads number of heads; C must be a multiple
 * @param packing how queries, keys and values are given
 */
public record AttentionOp(int heads, Packing packing) implements Op {
  /** How queries, keys and values are given. */
  public enum Packing {
    /** Three inputs, Q [N, T, C], K [N, S, C], V [N, S, C]. */
    SEPARATE,
    /** One input [N, T, 3C], channels in the order [head][q | k | v][d]: improved DDPM's. */
    HEAD_MAJOR,
    /** One input [N, T, 3C], channels in the order [q | k | v][head][d]: ADM's new order. */
    QKV_MAJOR
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape q = inputs.get(0);
    boolean fits = q.rank() == 3 && heads >= 1;
    if (fits && packing == Packing.SEPARATE) {
      Shape k = inputs.get(1);
      fits = q.dim(2) % heads == 0 && k.equals(inputs.get(2));
      fits = fits && k.equals(q.with(1, k.rank() == 3 ? k.dim(1) : 0));
    } else if (fits) {
      fits = q.dim(2) % (3 * heads) == 0;
    }
    if (!fits) {
      throw new ShapeException(
          "attention with "
              + heads
              + " heads needs Q [N,T,C], K and V [N,S,C], or QKV [N,T,3C], C divisible by the"
              + " heads, got "
              + inputs);
    }
    return packing == Packing.SEPARATE ? q : q.with(2, q.dim(2) / 3);
  }

  @Override
  public void forward(Forward f) {
    Attention g = geometry(f.shape(0), f.shape(f.arity() > 1 ? 1 : 0), f.outputShape());
    Buffer logSumExp = f.save(g.batch() * heads * g.queries());
    boolean separate = packing == Packing.SEPARATE;
    f.kernels()
        .attention(
            g,
            f.input(0),
            f.input(separate ? 1 : 0),
            f.input(separate ? 2 : 0),
            f.output(),
            logSumExp);
  }

  @Override
  public void backward(Backward b) {
    boolean separate = packing == Packing.SEPARATE;
    Buffer gq = b.gradient(0);
    Buffer gk = separate ? b.gradient(1) : gq;
    Buffer gv = separate ? b.gradient(2) : gq;
    b.kernels()
        .attentionGradient(
            geometry(b.shape(0), b.shape(separate ? 1 : 0), b.outputShape()),
            b.input(0),
            b.input(separate ? 1 : 0),
            b.input(separate ? 2 : 0),
            b.output(),
            b.saved(0),
            b.outputGradient(),
            gq,
            gk,
            gv);
  }

  private Attention geometry(Shape q, Shape k, Shape y) {
    int channels = y.dim(2);
    int d = channels / heads;
    float scale = (float) (1.0 / Math.sqrt(d));
    Rows[] rows =
        switch (packing) {
          case SEPARATE -> {
            Rows dense = new Rows(0, channels, d);
            yield new Rows[] {dense, dense, dense};
          }
          case HEAD_MAJOR -> packed(3 * channels, 3 * d, d);
          case QKV_MAJOR -> packed(3 * channels, d, channels);
        };
    return new Attention(q.dim(0), heads, q.dim(1), k.dim(1), d, scale, rows[0], rows[1], rows[2]);
  }

  private static Rows[] packed(int rowStride, int headStride, int step) {
    return new Rows[] {
      new Rows(0, rowStride, headStride),
      new Rows(step, rowStride, headStride),
      new Rows(2 * step, rowStride, headStride)
    };
  }
}
