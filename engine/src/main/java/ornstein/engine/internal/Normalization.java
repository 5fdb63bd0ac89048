package ornstein.engine.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.GroupNormalization;
import ornstein.engine.kernel.Kernels;

/**
 * Group normalisation forwards: sums per channel down the pixels, then over each group's channels;
 * the variance in a second pass around the mean, because one pass cancels when the mean is large.
 */
final class Normalization {
  private static final int BLOCK = Kernels.REDUCTION_BLOCK;

  private final Loops loops;
  private final WorkerTeam team;

  Normalization(Loops loops, WorkerTeam team) {
    this.loops = loops;
    this.team = team;
  }

  /** Adds rows {@code first … first+count} of some per-channel quantity to {@code to}. */
  interface BlockSum {
    void add(int firstRow, int rows, float[] to);
  }

  /** A per-channel sum over pixels in the order of {@link Kernels#sum}: block sums, then totals. */
  static void perChannel(Loops loops, int pixels, int n, BlockSum sum, float[] total) {
    Arrays.fill(total, 0, n, 0f);
    float[] block = new float[n];
    for (int first = 0; first < pixels; first += BLOCK) {
      Arrays.fill(block, 0f);
      sum.add(first, Math.min(BLOCK, pixels - first), block);
      loops.binary(Binary.ADD, total, 0, 1, block, 0, 1, total, 0, n);
    }
  }

  /**
   * Splits the samples' groups into tasks: whole samples if there are several, quarters of one
   * otherwise.
   */
  static int parts(GroupNormalization g) {
    return g.batch() >= 4 ? 1 : Math.min(4, g.groups());
  }

  void forward(
      GroupNormalization g,
      HeapBuffer x,
      HeapBuffer weight,
      HeapBuffer bias,
      @Nullable HeapBuffer scaleShift,
      HeapBuffer y,
      HeapBuffer mean,
      HeapBuffer rstd) {
    int parts = parts(g);
    team.run(
        g.batch() * parts,
        grain(g),
        (from, to) -> {
          for (int task = from; task < to; task++) {
            int part = task % parts;
            groups(
                g,
                x,
                weight,
                bias,
                scaleShift,
                y,
                mean,
                rstd,
                task / parts,
                g.groups() * part / parts,
                g.groups() * (part + 1) / parts);
          }
        });
  }

  static int grain(GroupNormalization g) {
    int work = g.pixels() * g.channels() / parts(g);
    return Math.max(1, 8_192 / Math.max(work, 1));
  }

  private void groups(
      GroupNormalization g,
      HeapBuffer x,
      HeapBuffer weight,
      HeapBuffer bias,
      @Nullable HeapBuffer scaleShift,
      HeapBuffer y,
      HeapBuffer mean,
      HeapBuffer rstd,
      int sample,
      int firstGroup,
      int endGroup) {
    int perGroup = g.channels() / g.groups();
    int n = (endGroup - firstGroup) * perGroup;
    int c0 = firstGroup * perGroup;
    int stride = g.channels();
    int at = x.offset() + sample * g.pixels() * stride + c0;
    float count = (float) g.pixels() * perGroup;
    float[] sums = new float[n];
    perChannel(
        loops,
        g.pixels(),
        n,
        (row, rows, to) -> loops.addRows(x.array(), at + row * stride, rows, stride, to, 0, n),
        sums);
    float[] means = new float[n];
    spread(sums, perGroup, count, means);
    perChannel(
        loops,
        g.pixels(),
        n,
        (row, rows, to) ->
            loops.addSquaredDeviations(
                x.array(), at + row * stride, rows, stride, means, 0, to, 0, n),
        sums);
    float[] variances = new float[n];
    spread(sums, perGroup, count, variances);
    float[] scale = new float[n];
    float[] shift = new float[n];
    for (int i = 0; i < n; i++) {
      float r = (float) (1.0 / Math.sqrt((double) variances[i] + g.epsilon()));
      if (i % perGroup == 0) {
        int group = sample * g.groups() + firstGroup + i / perGroup;
        mean.array()[mean.offset() + group] = means[i];
        rstd.array()[rstd.offset() + group] = r;
      }
      float a = r * weight.array()[weight.offset() + c0 + i];
      float b = Math.fma(-means[i], a, bias.array()[bias.offset() + c0 + i]);
      if (scaleShift != null) {
        int row = scaleShift.offset() + sample * 2 * g.channels() + c0 + i;
        float factor = 1f + scaleShift.array()[row];
        b = Math.fma(b, factor, scaleShift.array()[row + g.channels()]);
        a *= factor;
      }
      scale[i] = a;
      shift[i] = b;
    }
    int target = y.offset() + sample * g.pixels() * stride + c0;
    loops.scaleShiftRows(
        x.array(), at, g.pixels(), stride, scale, 0, shift, 0, y.array(), target, n);
  }

  /** Each channel gets its group's sum, divided by the count. */
  private static void spread(float[] sums, int perGroup, float count, float[] result) {
    for (int i = 0; i < sums.length; i += perGroup) {
      float total = 0f;
      for (int j = 0; j < perGroup; j++) {
        total += sums[i + j];
      }
      Arrays.fill(result, i, i + perGroup, total / count);
    }
  }
}
