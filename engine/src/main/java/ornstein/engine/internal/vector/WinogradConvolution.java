package ornstein.engine.internal.vector;

import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Launcher;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.Winograd;

/**
 * Convolution in Winograd's domain. A block of tiles is transformed, multiplied frequency by
 * frequency for some of the output channels, and transformed back, so that what lies between stays
 * in L2. Places of a tile lie a cache line more than a block apart: at a power of two they would
 * all fall into the same set of L1.
 *
 * @param tiles the tiles, of the convolution or of the adjoint
 * @param weights transformed weights, see {@link WinogradWeights}
 * @param epilogue what is added to the output
 * @param block tiles of a task
 * @param split parts of the output channels, each a task of its own
 */
record WinogradConvolution(
    WinogradTiles tiles, HeapBuffer weights, Epilogue epilogue, int block, int split) {
  private static final int M = MicroKernel4x2.ROWS;
  private static final int N = MicroKernel4x2.COLUMNS;
  private static final int STEP = MicroKernel4x2.STEP;

  /** Tiles of a block; transformed tiles of 64 channels then fill half of an L2 of 512 KiB. */
  private static final int BLOCK = 32;

  /** Tiles of a thread below which the output channels are shared instead. */
  private static final int FEW = 16;

  /** Output channels that are multiplied and transformed back at a time. */
  private static final int OUT = 32;

  private static final int LINE = 16;

  static void run(
      Launcher launcher,
      Convolution g,
      Winograd f,
      HeapBuffer x,
      HeapBuffer weights,
      Epilogue epilogue,
      HeapBuffer y) {
    WinogradTiles tiles = new WinogradTiles(g, f);
    int threads = launcher.slots();
    int outBlocks = (g.outChannels() + OUT - 1) / OUT;
    int count = tiles.count();
    // A few tiles are not worth sharing: every thread would read all weights for each of them.
    int split = count < FEW * threads ? Math.min(threads, outBlocks) : 1;
    int block = split < threads ? Math.min(BLOCK, shared(count, threads)) : BLOCK;
    WinogradConvolution c =
        new WinogradConvolution(
            tiles, weights, epilogue, Math.max(M, Math.min(block, up(count))), split);
    int own = c.scratch();
    HeapBuffer scratch = launcher.scratch(threads * own);
    int blocks = (count + c.block - 1) / c.block;
    launcher.run(
        blocks * split,
        grain(g, f, c.block, split),
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            c.task(x, y, task / split, task % split, scratch.array(), scratch.slot(slot, own));
          }
        });
  }

  private static int shared(int count, int threads) {
    return up((count + threads - 1) / threads);
  }

  private static int up(int rows) {
    return (rows + M - 1) / M * M;
  }

  private static int grain(Convolution g, Winograd f, int block, int split) {
    long work = (long) f.frequencies() * block * g.inChannels() * g.outChannels() / split;
    return (int) Math.max(1, 131_072 / Math.max(1, work));
  }

  private Convolution g() {
    return tiles.g();
  }

  private int chunks() {
    return (g().inChannels() + STEP - 1) / STEP;
  }

  /** Distance of the places of a tile in the transformed input. */
  private int inStep() {
    return block * STEP * chunks() + LINE;
  }

  private int outStep() {
    return block * OUT + LINE;
  }

  private int scratch() {
    return tiles.f().frequencies() * (inStep() + outStep()) + TileTransforms.SIZE + patchSize();
  }

  /** A tile of inputs, or one of outputs. */
  private int patchSize() {
    return Math.max(tiles.patchSize(), TileTransforms.SIZE);
  }

  private void task(HeapBuffer x, HeapBuffer y, int number, int part, float[] scratch, int so) {
    int tmp = so;
    int patch = tmp + TileTransforms.SIZE;
    int v = patch + patchSize();
    int m = v + tiles.f().frequencies() * inStep();
    int first = number * block;
    int count = Math.min(block, tiles.count() - first);
    transform(x, first, count, scratch, patch, tmp, v);
    int outBlocks = (g().outChannels() + OUT - 1) / OUT;
    int end = outBlocks * (part + 1) / split;
    for (int b = outBlocks * part / split; b < end; b++) {
      int channel = b * OUT;
      int channels = Math.min(OUT, g().outChannels() - channel);
      multiply(count, channel, channels, scratch, v, m);
      for (int i = 0; i < count; i++) {
        tiles.output(
            scratch,
            m + i * OUT,
            outStep(),
            first + i,
            channel,
            channels,
            scratch,
            patch,
            tmp,
            epilogue,
            y);
      }
    }
  }

  private void transform(
      HeapBuffer x, int first, int count, float[] scratch, int patch, int tmp, int v) {
    for (int i = 0; i < count; i++) {
      tiles.input(
          x.array(),
          x.offset(),
          first + i,
          scratch,
          patch,
          tmp,
          scratch,
          v + i * STEP,
          block,
          inStep());
    }
  }

  /** The products of all frequencies for some output channels, a multiple of COLUMNS of them. */
  private void multiply(int count, int channel, int channels, float[] scratch, int v, int m) {
    int in = g().inChannels();
    int panels = Panels.count(g().outChannels());
    float[] u = weights.array();
    for (int f = 0; f < tiles.f().frequencies(); f++) {
      for (int c = 0; c < in; c += STEP) {
        int depth = Math.min(STEP, in - c);
        int a = v + f * inStep() + c * block;
        for (int j = 0; j < channels; j += N) {
          int panel = (channel + j) / N;
          int b = weights.offset() + ((f * panels + panel) * in + c) * N;
          int to = m + f * outStep() + j;
          for (int i = 0; i < count; i += M) {
            MicroKernel4x2.rows(
                scratch, a + i * STEP, depth, u, b, scratch, to + i * OUT, OUT, c > 0);
          }
        }
      }
    }
  }
}
