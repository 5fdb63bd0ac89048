package ornstein.engine.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.GroupNormalization;

/**
 * Group normalisation backwards. All gradients follow from two sums per sample and channel, A = Σ
 * gy and B = Σ gy · x̂, where x̂ = (x − mean) · rstd; with m = 1 + scale (1 without modulation):
 *
 * <pre>
 * gShift = A                         gScale = weight · B + bias · A
 * gBias  = Σ_n m · A                 gWeight = Σ_n m · B
 * gx = rstd · (m · weight · gy − mean_group(m · weight · A) − x̂ · mean_group(m · weight · B))
 * </pre>
 *
 * Products are taken with x − mean, as in the forward pass: Σ gy · x − mean · Σ gy would cancel
 * when the mean is large.
 */
@SuppressWarnings("ArrayRecordComponent")
record NormalizationGradient(
    Loops loops,
    GroupNormalization g,
    HeapBuffer x,
    HeapBuffer weight,
    HeapBuffer bias,
    @Nullable HeapBuffer scaleShift,
    HeapBuffer mean,
    HeapBuffer rstd,
    HeapBuffer gy) {

  void run(
      WorkerTeam team,
      HeapBuffer gx,
      HeapBuffer gWeight,
      HeapBuffer gBias,
      @Nullable HeapBuffer gScaleShift) {
    int parts = Normalization.parts(g);
    float[] sums = new float[g.batch() * g.channels()];
    float[] products = new float[sums.length];
    team.run(
        g.batch() * parts,
        Normalization.grain(g),
        (from, to) -> {
          for (int task = from; task < to; task++) {
            int part = task % parts;
            int first = g.groups() * part / parts;
            int end = g.groups() * (part + 1) / parts;
            groups(task / parts, first, end, sums, products, gx);
          }
        });
    parameters(sums, products, gWeight, gBias);
    if (gScaleShift != null) {
      modulation(sums, products, gScaleShift);
    }
  }

  /** m = 1 + scale of one sample and channel. */
  private float modulationFactor(int sample, int channel) {
    return scaleShift == null
        ? 1f
        : 1f + scaleShift.array()[scaleShift.offset() + sample * 2 * g.channels() + channel];
  }

  private void groups(
      int sample, int firstGroup, int endGroup, float[] sums, float[] products, HeapBuffer gx) {
    int perGroup = g.channels() / g.groups();
    int n = (endGroup - firstGroup) * perGroup;
    int c0 = firstGroup * perGroup;
    int stride = g.channels();
    int offset = sample * g.pixels() * stride + c0;
    float[] a = new float[n];
    float[] b = new float[n];
    Normalization.perChannel(
        loops,
        g.pixels(),
        n,
        (row, rows, to) ->
            loops.addRows(gy.array(), gy.offset() + offset + row * stride, rows, stride, to, 0, n),
        a);
    float[] means = new float[n];
    for (int i = 0; i < n; i++) {
      int group = sample * g.groups() + firstGroup + i / perGroup;
      means[i] = mean.array()[mean.offset() + group];
    }
    Normalization.perChannel(
        loops,
        g.pixels(),
        n,
        (row, rows, to) ->
            loops.addCentredProducts(
                gy.array(),
                gy.offset() + offset + row * stride,
                x.array(),
                x.offset() + offset + row * stride,
                rows,
                stride,
                means,
                0,
                to,
                0,
                n),
        b);
    float[] gyFactor = new float[n];
    float[] xFactor = new float[n];
    float[] constant = new float[n];
    for (int i = 0; i < n; i += perGroup) {
      int group = sample * g.groups() + firstGroup + i / perGroup;
      float r = rstd.array()[rstd.offset() + group];
      float sumA = 0f;
      float sumB = 0f;
      for (int j = i; j < i + perGroup; j++) {
        b[j] *= r;
        float w = modulationFactor(sample, c0 + j) * weight.array()[weight.offset() + c0 + j];
        gyFactor[j] = r * w;
        sumA = Math.fma(w, a[j], sumA);
        sumB = Math.fma(w, b[j], sumB);
      }
      float count = (float) g.pixels() * perGroup;
      Arrays.fill(xFactor, i, i + perGroup, -r * r * sumB / count);
      Arrays.fill(constant, i, i + perGroup, -r * sumA / count);
    }
    System.arraycopy(a, 0, sums, sample * stride + c0, n);
    System.arraycopy(b, 0, products, sample * stride + c0, n);
    loops.combineRows(
        gy.array(),
        gy.offset() + offset,
        gyFactor,
        0,
        x.array(),
        x.offset() + offset,
        means,
        0,
        xFactor,
        0,
        constant,
        0,
        g.pixels(),
        stride,
        gx.array(),
        gx.offset() + offset,
        n);
  }

  private void parameters(float[] sums, float[] products, HeapBuffer gWeight, HeapBuffer gBias) {
    for (int c = 0; c < g.channels(); c++) {
      float w = 0f;
      float b = 0f;
      for (int n = 0; n < g.batch(); n++) {
        float m = modulationFactor(n, c);
        w = Math.fma(m, products[n * g.channels() + c], w);
        b = Math.fma(m, sums[n * g.channels() + c], b);
      }
      gWeight.array()[gWeight.offset() + c] = w;
      gBias.array()[gBias.offset() + c] = b;
    }
  }

  private void modulation(float[] sums, float[] products, HeapBuffer gScaleShift) {
    int channels = g.channels();
    for (int n = 0; n < g.batch(); n++) {
      for (int c = 0; c < channels; c++) {
        float a = sums[n * channels + c];
        float w = weight.array()[weight.offset() + c];
        float gScale = Math.fma(w, products[n * channels + c], bias.array()[bias.offset() + c] * a);
        int row = gScaleShift.offset() + n * 2 * channels + c;
        gScaleShift.array()[row] = gScale;
        gScaleShift.array()[row + channels] = a;
      }
    }
  }
}
