package ornstein.engine.kernel;

/**
 * How a convolution is computed. It follows from the geometry of one image alone, never from
 * timing, threads or the batch, so that the bits do not depend on them; every back end follows it,
 * because the algorithms round differently.
 *
 * <p>Winograd's minimal filtering F(m,3) (Winograd, 1980; Lavin and Gray, <i>Fast algorithms for
 * convolutional neural networks</i>, CVPR 2016, §4) computes a tile of m×m outputs of a 3×3
 * convolution from (m+2)×(m+2) inputs d as Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A. Summed over channels the
 * element-wise products are (m+2)² matrix products. F(4,3) takes 36 multiplications where the
 * definition takes 144, F(2,3) 16 where it takes 36. With the points 0, ±1, ±2 and ∞:
 *
 * <pre>
 *      ⎡ 4  0 −5  0  1  0 ⎤       ⎡  1/4    0     0  ⎤        ⎡ 1  1  1  1  1  0 ⎤
 *      ⎢ 0 −4 −4  1  1  0 ⎥       ⎢ −1/6  −1/6  −1/6 ⎥   Aᵀ = ⎢ 0  1 −1  2 −2  0 ⎥
 * Bᵀ = ⎢ 0  4 −4 −1  1  0 ⎥   G = ⎢ −1/6   1/6  −1/6 ⎥        ⎢ 0  1  1  4  4  0 ⎥
 *      ⎢ 0 −2 −1  2  1  0 ⎥       ⎢ 1/24  1/12   1/6 ⎥        ⎣ 0  1 −1  8 −8  1 ⎦
 *      ⎢ 0  2 −1 −2  1  0 ⎥       ⎢ 1/24 −1/12   1/6 ⎥
 *      ⎣ 0  4  0 −5  0  1 ⎦       ⎣   0     0     1  ⎦
 * </pre>
 *
 * <p>F(2,3) has the points 0, ±1 and ∞. The gradient of the input is a convolution itself. The
 * gradient of the weights is the adjoint: Gᵀ[Σ (Bᵀ d B) ⊙ (A gy Aᵀ)]G, summed over tiles.
 */
public enum Winograd {
  /** No transform: a product over the window in the order (kernel row, kernel column, channel). */
  NONE(0),
  /** F(2×2, 3×3). */
  F2(2),
  /** F(4×4, 3×3). */
  F4(4);

  /** Bytes of transformed weights that stay cached from one step of a network to the next. */
  private static final int CACHED_BYTES = 4 << 20;

  /** Tiles of an image that it takes to make reading transformed weights from memory worthwhile. */
  private static final int ENOUGH_TILES = 8;

  private final int tile;

  Winograd(int tile) {
    this.tile = tile;
  }

  /**
   * Side of a tile of outputs.
   *
   * @return 2 or 4; 0 for {@link #NONE}
   */
  public int tile() {
    return tile;
  }

  /**
   * Number of products, one for each place of a transformed tile.
   *
   * @return 16 or 36; 0 for {@link #NONE}
   */
  public int frequencies() {
    return tile == 0 ? 0 : (tile + 2) * (tile + 2);
  }

  /**
   * Tiles along an extent.
   *
   * @param extent rows or columns of the output
   * @return the count; the last tile may reach beyond
   */
  public int tiles(int extent) {
    return (extent + tile - 1) / tile;
  }

  /**
   * The choice for a convolution: the one that costs least by a count of multiplications for an
   * image, with a quarter added for the transforms. Where the weights are too many to stay in a
   * cache, reading them dominates until {@value #ENOUGH_TILES} tiles share the reading.
   *
   * @param g the convolution
   * @return how to compute it
   */
  public static Winograd of(Convolution g) {
    boolean fits =
        g.kernelHeight() == 3 && g.kernelWidth() == 3 && g.stride() == 1 && g.padding() <= 2;
    // With a few channels the transforms cost more than they save.
    if (!fits || g.inChannels() < 8) {
      return NONE;
    }
    long direct = cost(9, (long) g.outHeight() * g.outWidth(), g);
    long two = cost(20, (long) F2.tiles(g.outHeight()) * F2.tiles(g.outWidth()), g);
    long four = cost(45, (long) F4.tiles(g.outHeight()) * F4.tiles(g.outWidth()), g);
    if (four < two && four < direct) {
      return F4;
    }
    return two < direct ? F2 : NONE;
  }

  /**
   * The choice for the gradient of a convolution's input: that of the adjoint, which a stride above
   * 1 does not have.
   *
   * @param g the forward convolution
   * @return how to compute the gradient
   */
  public static Winograd ofInputGradient(Convolution g) {
    boolean fits =
        g.kernelHeight() == 3 && g.kernelWidth() == 3 && g.stride() == 1 && g.padding() <= 2;
    return fits ? of(g.adjoint()) : NONE;
  }

  private static long cost(int products, long tiles, Convolution g) {
    long bytes = 4L * products * g.inChannels() * g.outChannels();
    return products * (bytes > CACHED_BYTES ? Math.max(tiles, ENOUGH_TILES) : tiles);
  }
}
