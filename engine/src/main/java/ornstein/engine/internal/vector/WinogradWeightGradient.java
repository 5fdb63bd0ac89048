package ornstein.engine.internal.vector;

import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Launcher;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.Winograd;

/**
 * Gradient of convolution weights in Winograd's domain, for some tiles after the other: both the
 * input and the output's gradient are transformed, by all threads; then each thread multiplies some
 * frequencies and channels, adding to sums that are transformed back at the end.
 *
 * @param tiles the tiles of the forward convolution
 * @param block tiles that are transformed before they are multiplied
 */
record WinogradWeightGradient(WinogradTiles tiles, int block) {
  private static final int M = MicroKernel4x2.ROWS;
  private static final int N = MicroKernel4x2.COLUMNS;
  private static final int STEP = MicroKernel4x2.STEP;
  private static final int CHANNELS = TileTransforms.CHANNELS;
  private static final int LINE = 16;

  /** The most tiles of a block, a multiple of a chunk: their transforms stay near L2. */
  private static final int BLOCK = 128;

  static void run(
      Launcher launcher, Convolution g, Winograd f, HeapBuffer x, HeapBuffer gy, HeapBuffer gw) {
    WinogradTiles tiles = new WinogradTiles(g, f);
    int chunked = (tiles.count() + STEP - 1) / STEP * STEP;
    WinogradWeightGradient w = new WinogradWeightGradient(tiles, Math.min(BLOCK, chunked));
    HeapBuffer v = launcher.scratch(f.frequencies() * w.inStep());
    HeapBuffer d = launcher.scratch(f.frequencies() * w.outStep());
    HeapBuffer sums = launcher.scratch(f.frequencies() * w.sumStep());
    int own = TileTransforms.SIZE + Math.max(tiles.patchSize(), TileTransforms.SIZE);
    HeapBuffer scratch = launcher.scratch(launcher.slots() * own);
    for (int first = 0; first < tiles.count(); first += w.block) {
      int start = first;
      int count = Math.min(w.block, tiles.count() - start);
      launcher.run(
          count,
          4,
          (slot, from, to) -> {
            for (int i = from; i < to; i++) {
              w.transform(x, gy, start, i, scratch.array(), scratch.slot(slot, own), v, d);
            }
          });
      int rows = (g.inChannels() + STEP - 1) / STEP;
      launcher.run(
          f.frequencies() * rows,
          1,
          (slot, from, to) -> {
            for (int task = from; task < to; task++) {
              w.multiply(task / rows, task % rows * STEP, count, v, d, sums, start > 0);
            }
          });
    }
    launcher.run(
        g.inChannels(),
        Math.max(1, 1_024 / g.outChannels()),
        (slot, from, to) -> {
          for (int c = from; c < to; c++) {
            w.transformBack(c, sums, scratch.array(), scratch.slot(slot, own), gw);
          }
        });
  }

  private Convolution g() {
    return tiles.g();
  }

  private int padded(int channels) {
    return (channels + STEP - 1) / STEP * STEP;
  }

  private int inStep() {
    return block * padded(g().inChannels()) + LINE;
  }

  private int outStep() {
    return block * Panels.count(g().outChannels()) * N + LINE;
  }

  /** Columns of a row of sums. */
  private int columns() {
    return Panels.count(g().outChannels()) * N;
  }

  private int sumStep() {
    return (g().inChannels() + M - 1) / M * M * columns() + LINE;
  }

  /** Tile number i of a block: the input to [chunk][tile][STEP], the gradient to panels. */
  private void transform(
      HeapBuffer x,
      HeapBuffer gy,
      int first,
      int i,
      float[] scratch,
      int so,
      HeapBuffer v,
      HeapBuffer d) {
    int patch = so + TileTransforms.SIZE;
    tiles.input(
        x.array(),
        x.offset(),
        first + i,
        scratch,
        patch,
        so,
        v.array(),
        v.offset() + i * STEP,
        block,
        inStep());
    for (int k = 0; k < g().outChannels(); k += CHANNELS) {
      int channels = Math.min(CHANNELS, g().outChannels() - k);
      tiles.gradient(gy.array(), gy.offset(), first + i, k, channels, scratch, patch);
      for (int j = 0; j < channels; j += N) {
        TileTransforms.gradient(
            tiles.f(),
            scratch,
            patch + j,
            Math.min(N, channels - j),
            scratch,
            so,
            d.array(),
            d.offset() + (k + j) * block + i * N,
            outStep());
      }
    }
  }

  /** Adds a block's products at one frequency, for STEP input channels and all outputs. */
  private void multiply(
      int frequency, int c, int count, HeapBuffer v, HeapBuffer d, HeapBuffer sums, boolean more) {
    int rows = Math.min(STEP, g().inChannels() - c);
    for (int t = 0; t < count; t += STEP) {
      int depth = Math.min(STEP, count - t);
      int a = v.offset() + frequency * inStep() + c * block + t * STEP;
      for (int j = 0; j < columns(); j += N) {
        int b = d.offset() + frequency * outStep() + j * block + t * N;
        int to = sums.offset() + frequency * sumStep() + c * columns() + j;
        for (int row = 0; row < rows; row += M) {
          MicroKernel4x2.columns(
              v.array(),
              a + row,
              depth,
              d.array(),
              b,
              sums.array(),
              to + row * columns(),
              columns(),
              more || t > 0);
        }
      }
    }
  }

  private void transformBack(int c, HeapBuffer sums, float[] tmp, int to, HeapBuffer gw) {
    for (int k = 0; k < g().outChannels(); k += CHANNELS) {
      TileTransforms.weightGradient(
          tiles.f(),
          sums.array(),
          sums.offset() + c * columns() + k,
          sumStep(),
          Math.min(CHANNELS, g().outChannels() - k),
          tmp,
          to,
          gw.array(),
          gw.offset() + c * g().outChannels() + k,
          g().inChannels() * g().outChannels());
    }
  }
}
