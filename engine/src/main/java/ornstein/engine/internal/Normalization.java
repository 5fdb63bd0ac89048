package ornstein.engine.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.GroupNormalization;
import ornstein.engine.kernel.Kernels;

/**
 * Group normalisation forwards. First the statistics: sums per channel down the pixels, then over
 * each group's channels; the variance in a second pass around the mean, because one pass cancels
 * when the mean is large. Then, block of pixels by block, scale, shift and activation at once.
 */
final class Normalization {
  private static final int BLOCK = Kernels.REDUCTION_BLOCK;

  /** Elements of a block of pixels, which stays in L1 between normalisation and activation. */
  private static final int PIECE = 4_096;

  private final Loops loops;

  Normalization(Loops loops) {
    this.loops = loops;
  }

  /** Shares the groups of a sample only where there are fewer samples than threads. */
  static int parts(GroupNormalization g, Launcher launcher) {
    return g.batch() >= launcher.slots() ? 1 : Math.min(launcher.slots(), g.groups());
  }

  static int grain(GroupNormalization g, int parts) {
    int work = g.pixels() * g.channels() / parts;
    return Math.max(1, 16_384 / Math.max(work, 1));
  }

  /** Pixels of a block. */
  static int rows(GroupNormalization g) {
    return Math.max(1, PIECE / Math.max(1, g.channels()));
  }

  /** Work on some pixels of a sample. */
  interface Pixels {
    /**
     * Does it.
     *
     * @param sample the sample
     * @param at first element of the pixels, counted from the buffer's first
     * @param rows number of pixels
     */
    void run(int slot, int sample, int at, int rows);
  }

  /** Launches work on all pixels, block by block. */
  static void eachBlock(Launcher launcher, GroupNormalization g, Pixels pixels) {
    int rows = rows(g);
    int blocks = (g.pixels() + rows - 1) / rows;
    launcher.run(
        g.batch() * blocks,
        4,
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            int sample = task / blocks;
            int first = task % blocks * rows;
            int at = (sample * g.pixels() + first) * g.channels();
            pixels.run(slot, sample, at, Math.min(rows, g.pixels() - first));
          }
        });
  }

  void forward(
      Launcher launcher,
      GroupNormalization g,
      HeapBuffer x,
      HeapBuffer weight,
      HeapBuffer bias,
      @Nullable HeapBuffer scaleShift,
      HeapBuffer y,
      HeapBuffer mean,
      HeapBuffer rstd) {
    int parts = parts(g, launcher);
    int own = 3 * g.channels();
    HeapBuffer scratch = launcher.scratch(launcher.slots() * own);
    launcher.run(
        g.batch() * parts,
        grain(g, parts),
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            int part = task % parts;
            int first = g.groups() * part / parts;
            int end = g.groups() * (part + 1) / parts;
            float[] s = scratch.array();
            statistics(g, x, mean, rstd, task / parts, first, end, s, scratch.slot(slot, own));
          }
        });
    int width = 2 * g.channels();
    HeapBuffer maps = launcher.scratch(g.batch() * width);
    map(launcher, g, weight, bias, scaleShift, mean, rstd, maps);
    eachBlock(
        launcher,
        g,
        (slot, sample, at, rows) -> {
          int to = y.offset() + at;
          normalise(g, maps, sample, x, at, rows, y.array(), to);
          if (g.activation() != null) {
            int n = rows * g.channels();
            loops.unary(g.activation(), y.array(), to, y.array(), to, n);
          }
        });
  }

  /** Before the activation: y = scale · x + shift, with the sample's scales and shifts. */
  void normalise(
      GroupNormalization g,
      HeapBuffer maps,
      int sample,
      HeapBuffer x,
      int at,
      int rows,
      float[] y,
      int to) {
    int c = g.channels();
    int scale = maps.slot(sample, 2 * c);
    float[] m = maps.array();
    loops.scaleShiftRows(x.array(), x.offset() + at, rows, c, m, scale, m, scale + c, y, to, c);
  }

  /** Launches the scale and shift of each sample and channel, [batch][scales | shifts]. */
  static void map(
      Launcher launcher,
      GroupNormalization g,
      HeapBuffer weight,
      HeapBuffer bias,
      @Nullable HeapBuffer scaleShift,
      HeapBuffer mean,
      HeapBuffer rstd,
      HeapBuffer maps) {
    int channels = g.channels();
    int perGroup = channels / g.groups();
    launcher.run(
        g.batch(),
        Math.max(1, 4_096 / Math.max(1, channels)),
        (slot, from, to) -> {
          for (int n = from; n < to; n++) {
            int at = maps.slot(n, 2 * channels);
            for (int c = 0; c < channels; c++) {
              int group = n * g.groups() + c / perGroup;
              float a = rstd.array()[rstd.offset() + group] * weight.array()[weight.offset() + c];
              float m = mean.array()[mean.offset() + group];
              float b = Math.fma(-m, a, bias.array()[bias.offset() + c]);
              if (scaleShift != null) {
                int row = scaleShift.offset() + n * 2 * channels + c;
                float factor = 1f + scaleShift.array()[row];
                b = Math.fma(b, factor, scaleShift.array()[row + channels]);
                a *= factor;
              }
              maps.array()[at + c] = a;
              maps.array()[at + channels + c] = b;
            }
          }
        });
  }

  private void statistics(
      GroupNormalization g,
      HeapBuffer x,
      HeapBuffer mean,
      HeapBuffer rstd,
      int sample,
      int firstGroup,
      int endGroup,
      float[] scratch,
      int so) {
    int perGroup = g.channels() / g.groups();
    int n = (endGroup - firstGroup) * perGroup;
    int stride = g.channels();
    int at = x.offset() + sample * g.pixels() * stride + firstGroup * perGroup;
    int sums = so;
    int block = sums + n;
    int means = block + n;
    float count = (float) g.pixels() * perGroup;
    Arrays.fill(scratch, sums, sums + n, 0f);
    for (int row = 0; row < g.pixels(); row += BLOCK) {
      int rows = Math.min(BLOCK, g.pixels() - row);
      Arrays.fill(scratch, block, block + n, 0f);
      loops.addRows(x.array(), at + row * stride, rows, stride, scratch, block, n);
      addBlock(loops, scratch, sums, scratch, block, n);
    }
    for (int i = 0; i < n; i += perGroup) {
      float m = total(scratch, sums + i, perGroup) / count;
      mean.array()[mean.offset() + sample * g.groups() + firstGroup + i / perGroup] = m;
      Arrays.fill(scratch, means + i, means + i + perGroup, m);
    }
    Arrays.fill(scratch, sums, sums + n, 0f);
    for (int row = 0; row < g.pixels(); row += BLOCK) {
      int rows = Math.min(BLOCK, g.pixels() - row);
      Arrays.fill(scratch, block, block + n, 0f);
      loops.addSquaredDeviations(
          x.array(), at + row * stride, rows, stride, scratch, means, scratch, block, n);
      addBlock(loops, scratch, sums, scratch, block, n);
    }
    for (int i = 0; i < n; i += perGroup) {
      float variance = total(scratch, sums + i, perGroup) / count;
      rstd.array()[rstd.offset() + sample * g.groups() + firstGroup + i / perGroup] =
          (float) (1.0 / Math.sqrt((double) variance + g.epsilon()));
    }
  }

  /** Adds a block's sums to the totals. */
  static void addBlock(Loops loops, float[] totals, int to, float[] blocks, int block, int n) {
    loops.binary(Binary.ADD, totals, to, 1, blocks, block, 1, totals, to, n);
  }

  private static float total(float[] sums, int at, int count) {
    float total = 0f;
    for (int i = 0; i < count; i++) {
      total += sums[at + i];
    }
    return total;
  }
}
