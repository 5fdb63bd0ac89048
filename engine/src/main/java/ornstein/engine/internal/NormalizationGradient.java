package ornstein.engine.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.engine.kernel.GroupNormalization;
import ornstein.engine.kernel.Kernels;

/**
 * Group normalisation backwards. All gradients follow from two sums per sample and channel, A = Σ
 * gz and B = Σ gz · x̂, where x̂ = (x − mean) · rstd and gz is the gradient before the activation;
 * with m = 1 + scale (1 without modulation):
 *
 * <pre>
 * gShift = A                         gScale = weight · B + bias · A
 * gBias  = Σ_n m · A                 gWeight = Σ_n m · B
 * gx = rstd · (m · weight · gz − mean_group(m · weight · A) − x̂ · mean_group(m · weight · B))
 * </pre>
 *
 * Products are taken with x − mean, as in the forward pass: Σ gz · x − mean · Σ gz would cancel
 * when the mean is large. With an activation gz is computed first, from the normalised x, which is
 * cheaper to compute anew than to keep; it lies where gx will.
 */
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
  private static final int BLOCK = Kernels.REDUCTION_BLOCK;

  void run(
      Launcher launcher,
      HeapBuffer gx,
      HeapBuffer gWeight,
      HeapBuffer gBias,
      @Nullable HeapBuffer gScaleShift) {
    HeapBuffer gz = g.activation() == null ? gy : gx;
    if (g.activation() != null) {
      beforeActivation(launcher, gz);
    }
    int size = g.batch() * g.channels();
    HeapBuffer sums = launcher.scratch(size);
    HeapBuffer products = launcher.scratch(size);
    // of each sample: means, then the factors of gz and of x − mean, then the constant
    HeapBuffer maps = launcher.scratch(4 * size);
    HeapBuffer blocks = launcher.scratch(launcher.slots() * g.channels());
    int parts = Normalization.parts(g, launcher);
    launcher.run(
        g.batch() * parts,
        Normalization.grain(g, parts),
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            int part = task % parts;
            int first = g.groups() * part / parts;
            int end = g.groups() * (part + 1) / parts;
            int block = blocks.slot(slot, g.channels());
            groups(task / parts, first, end, gz, sums, products, maps, blocks.array(), block);
          }
        });
    Normalization.eachBlock(
        launcher,
        g,
        (slot, sample, at, rows) -> {
          int c = g.channels();
          int m = maps.slot(sample, 4 * c);
          loops.combineRows(
              gz.array(),
              gz.offset() + at,
              maps.array(),
              m + c,
              x.array(),
              x.offset() + at,
              maps.array(),
              m,
              maps.array(),
              m + 2 * c,
              maps.array(),
              m + 3 * c,
              rows,
              c,
              gx.array(),
              gx.offset() + at,
              c);
        });
    launcher.run(
        1,
        1,
        (slot, from, to) -> {
          parameters(sums, products, gWeight, gBias);
          if (gScaleShift != null) {
            modulation(sums, products, gScaleShift);
          }
        });
  }

  private void beforeActivation(Launcher launcher, HeapBuffer gz) {
    HeapBuffer maps = launcher.scratch(g.batch() * 2 * g.channels());
    Normalization.map(launcher, g, weight, bias, scaleShift, mean, rstd, maps);
    Normalization forward = new Normalization(loops);
    int own = Normalization.rows(g) * g.channels();
    HeapBuffer z = launcher.scratch(launcher.slots() * own);
    Normalization.eachBlock(
        launcher,
        g,
        (slot, sample, at, rows) -> {
          int zo = z.slot(slot, own);
          forward.normalise(g, maps, sample, x, at, rows, z.array(), zo);
          if (g.activation() != null) {
            loops.unaryGradient(
                g.activation(),
                z.array(),
                zo,
                gy.array(),
                gy.offset() + at,
                gz.array(),
                gz.offset() + at,
                rows * g.channels());
          }
        });
  }

  /** m = 1 + scale of one sample and channel. */
  private float modulationFactor(int sample, int channel) {
    return scaleShift == null
        ? 1f
        : 1f + scaleShift.array()[scaleShift.offset() + sample * 2 * g.channels() + channel];
  }

  private void groups(
      int sample,
      int firstGroup,
      int endGroup,
      HeapBuffer gz,
      HeapBuffer sums,
      HeapBuffer products,
      HeapBuffer maps,
      float[] blocks,
      int block) {
    int channels = g.channels();
    int perGroup = channels / g.groups();
    int n = (endGroup - firstGroup) * perGroup;
    int c0 = firstGroup * perGroup;
    int offset = sample * g.pixels() * channels + c0;
    int a = sums.offset() + sample * channels + c0;
    int b = products.offset() + sample * channels + c0;
    int means = maps.slot(sample, 4 * channels) + c0;
    for (int i = 0; i < n; i++) {
      int group = sample * g.groups() + firstGroup + i / perGroup;
      maps.array()[means + i] = mean.array()[mean.offset() + group];
    }
    Arrays.fill(sums.array(), a, a + n, 0f);
    Arrays.fill(products.array(), b, b + n, 0f);
    for (int row = 0; row < g.pixels(); row += BLOCK) {
      int rows = Math.min(BLOCK, g.pixels() - row);
      int at = offset + row * channels;
      Arrays.fill(blocks, block, block + n, 0f);
      loops.addRows(gz.array(), gz.offset() + at, rows, channels, blocks, block, n);
      Normalization.addBlock(loops, sums.array(), a, blocks, block, n);
      Arrays.fill(blocks, block, block + n, 0f);
      loops.addCentredProducts(
          gz.array(),
          gz.offset() + at,
          x.array(),
          x.offset() + at,
          rows,
          channels,
          maps.array(),
          means,
          blocks,
          block,
          n);
      Normalization.addBlock(loops, products.array(), b, blocks, block, n);
    }
    factors(sample, firstGroup, n, sums.array(), a, products.array(), b, maps.array(), means);
  }

  /** What gx is made of, from the sums of some groups; scales the products by rstd. */
  private void factors(
      int sample,
      int firstGroup,
      int n,
      float[] sums,
      int a,
      float[] products,
      int b,
      float[] maps,
      int means) {
    int channels = g.channels();
    int perGroup = channels / g.groups();
    int gzFactor = means + channels;
    int xFactor = means + 2 * channels;
    int constant = means + 3 * channels;
    float count = (float) g.pixels() * perGroup;
    for (int i = 0; i < n; i += perGroup) {
      int group = sample * g.groups() + firstGroup + i / perGroup;
      float r = rstd.array()[rstd.offset() + group];
      float sumA = 0f;
      float sumB = 0f;
      for (int j = i; j < i + perGroup; j++) {
        int channel = firstGroup * perGroup + j;
        products[b + j] *= r;
        float w = modulationFactor(sample, channel) * weight.array()[weight.offset() + channel];
        maps[gzFactor + j] = r * w;
        sumA = Math.fma(w, sums[a + j], sumA);
        sumB = Math.fma(w, products[b + j], sumB);
      }
      Arrays.fill(maps, xFactor + i, xFactor + i + perGroup, -r * r * sumB / count);
      Arrays.fill(maps, constant + i, constant + i + perGroup, -r * sumA / count);
    }
  }

  private void parameters(
      HeapBuffer sums, HeapBuffer products, HeapBuffer gWeight, HeapBuffer gBias) {
    for (int c = 0; c < g.channels(); c++) {
      float w = 0f;
      float b = 0f;
      for (int n = 0; n < g.batch(); n++) {
        float m = modulationFactor(n, c);
        w = Math.fma(m, products.array()[products.offset() + n * g.channels() + c], w);
        b = Math.fma(m, sums.array()[sums.offset() + n * g.channels() + c], b);
      }
      gWeight.array()[gWeight.offset() + c] = w;
      gBias.array()[gBias.offset() + c] = b;
    }
  }

  private void modulation(HeapBuffer sums, HeapBuffer products, HeapBuffer gScaleShift) {
    int channels = g.channels();
    for (int n = 0; n < g.batch(); n++) {
      for (int c = 0; c < channels; c++) {
        float a = sums.array()[sums.offset() + n * channels + c];
        float p = products.array()[products.offset() + n * channels + c];
        float w = weight.array()[weight.offset() + c];
        float gScale = Math.fma(w, p, bias.array()[bias.offset() + c] * a);
        int row = gScaleShift.offset() + n * 2 * channels + c;
        gScaleShift.array()[row] = gScale;
        gScaleShift.array()[row + channels] = a;
      }
    }
  }
}
