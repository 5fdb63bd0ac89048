package ornstein.engine.internal.scalar;

import ornstein.engine.internal.AdamCoefficients;
import ornstein.engine.internal.Loops;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.Unary;

/** Plain loops: the oracle, which also finishes the vector loops' last few elements. */
public final class ScalarLoops implements Loops {
  /** A new instance; it holds no state. */
  public ScalarLoops() {}

  @Override
  public void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = apply(f, x[xo + i]);
    }
  }

  private static float apply(Unary f, float x) {
    return switch (f) {
      case EXP -> ScalarMath.exp(x);
      case LOG -> ScalarMath.log(x);
      case SQRT -> ScalarMath.sqrt(x);
      case RECIPROCAL -> 1f / x;
      case SQUARE -> x * x;
      case ABS -> Math.abs(x);
      case TANH -> ScalarMath.tanh(x);
      case SIGMOID -> ScalarMath.sigmoid(x);
      case SILU -> ScalarMath.silu(x);
      case RELU -> ScalarMath.relu(x);
      case GELU -> ScalarMath.gelu(x);
      case ERF -> ScalarMath.erf(x);
      case SOFTPLUS -> ScalarMath.softplus(x);
    };
  }

  @Override
  public void unaryGradient(
      Unary f, float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    for (int i = 0; i < n; i++) {
      gx[ro + i] = gradient(f, x[xo + i], gy[go + i]);
    }
  }

  private static float gradient(Unary f, float x, float g) {
    return switch (f) {
      case EXP -> g * ScalarMath.exp(x);
      case LOG -> g / x;
      case SQRT -> g * (0.5f / ScalarMath.sqrt(x));
      case RECIPROCAL -> g * -((1f / x) * (1f / x));
      case SQUARE -> g * (x + x);
      case ABS -> g * ScalarMath.sign(x);
      case TANH -> g * ScalarMath.tanhDerivative(x);
      case SIGMOID -> g * ScalarMath.sigmoidDerivative(x);
      case SILU -> g * ScalarMath.siluDerivative(x);
      case RELU -> x <= 0f ? 0f : g;
      case GELU -> g * ScalarMath.geluDerivative(x);
      case ERF -> g * ScalarMath.erfDerivative(x);
      case SOFTPLUS -> g * ScalarMath.sigmoid(x);
    };
  }

  @Override
  public void binary(
      Binary f, float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = apply(f, a[ao + i * as], b[bo + i * bs]);
    }
  }

  private static float apply(Binary f, float a, float b) {
    return switch (f) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
      case LESS -> a < b ? 1f : 0f;
      case EQUAL -> a == b ? 1f : 0f;
    };
  }

  @Override
  public void affine(float scale, float shift, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = Math.fma(scale, x[xo + i], shift);
    }
  }

  @Override
  public void clamp(float low, float high, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = Math.min(Math.max(x[xo + i], low), high);
    }
  }

  @Override
  public void clampGradient(
      float low, float high, float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    for (int i = 0; i < n; i++) {
      float v = x[xo + i];
      gx[ro + i] = low <= v && v <= high ? gy[go + i] : 0f;
    }
  }

  @Override
  public float sum(float[] x, int xo, int n) {
    float[] lanes = new float[Kernels.LANES];
    for (int i = 0; i < n; i++) {
      lanes[i % Kernels.LANES] += x[xo + i];
    }
    return tree(lanes);
  }

  @Override
  public float dot(float[] a, int ao, float[] b, int bo, int n) {
    float[] lanes = new float[Kernels.LANES];
    for (int i = 0; i < n; i++) {
      int j = i % Kernels.LANES;
      lanes[j] = Math.fma(a[ao + i], b[bo + i], lanes[j]);
    }
    return tree(lanes);
  }

  @Override
  public float squaredDeviations(float mean, float[] x, int xo, int n) {
    float[] lanes = new float[Kernels.LANES];
    for (int i = 0; i < n; i++) {
      int j = i % Kernels.LANES;
      float d = x[xo + i] - mean;
      lanes[j] = Math.fma(d, d, lanes[j]);
    }
    return tree(lanes);
  }

  /**
   * Adds up the lanes of a reduction in a binary tree, in place.
   *
   * @param lanes the {@link Kernels#LANES} partial sums, overwritten
   * @return their sum
   */
  public static float tree(float[] lanes) {
    for (int width = Kernels.LANES / 2; width > 0; width /= 2) {
      for (int j = 0; j < width; j++) {
        lanes[j] += lanes[j + width];
      }
    }
    return lanes[0];
  }

  @Override
  public float max(float[] x, int xo, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xo + i]);
    }
    return max;
  }

  @Override
  public void maxInto(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = Math.max(y[yo + i], x[xo + i]);
    }
  }

  @Override
  public void addRows(float[] x, int xo, int rows, int stride, float[] y, int yo, int n) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        y[yo + j] += x[xo + r * stride + j];
      }
    }
  }

  @Override
  public void addSquaredDeviations(
      float[] x, int xo, int rows, int stride, float[] mean, int mo, float[] y, int yo, int n) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        float d = x[xo + r * stride + j] - mean[mo + j];
        y[yo + j] = Math.fma(d, d, y[yo + j]);
      }
    }
  }

  @Override
  public void addCentredProducts(
      float[] a,
      int ao,
      float[] b,
      int bo,
      int rows,
      int stride,
      float[] mean,
      int mo,
      float[] y,
      int yo,
      int n) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        float d = b[bo + r * stride + j] - mean[mo + j];
        y[yo + j] = Math.fma(a[ao + r * stride + j], d, y[yo + j]);
      }
    }
  }

  @Override
  public void scaleShiftRows(
      float[] x,
      int xo,
      int rows,
      int stride,
      float[] scale,
      int so,
      float[] shift,
      int ho,
      float[] y,
      int yo,
      int n) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        y[yo + r * stride + j] = Math.fma(x[xo + r * stride + j], scale[so + j], shift[ho + j]);
      }
    }
  }

  @Override
  public void combineRows(
      float[] a,
      int ao,
      float[] p,
      int po,
      float[] b,
      int bo,
      float[] mean,
      int mo,
      float[] q,
      int qo,
      float[] s,
      int so,
      int rows,
      int stride,
      float[] y,
      int yo,
      int n) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        int at = r * stride + j;
        float d = b[bo + at] - mean[mo + j];
        y[yo + at] = Math.fma(a[ao + at], p[po + j], Math.fma(d, q[qo + j], s[so + j]));
      }
    }
  }

  @Override
  public void maxRows(float[] x, int xo, int rows, int stride, float[] y, int yo, int n) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        float v = x[xo + r * stride + j];
        if (v > y[yo + j]) {
          y[yo + j] = v;
        }
      }
    }
  }

  @Override
  public void flooredExpRows(
      float scale,
      float[] shift,
      int ho,
      float[] x,
      int xo,
      int rows,
      int stride,
      float[] sums,
      int so,
      int n) {
    for (int j = 0; j < n; j++) {
      float sum = 0f;
      for (int r = 0; r < rows; r++) {
        int at = xo + r * stride + j;
        x[at] = ScalarMath.flooredExp(Math.fma(scale, x[at], -shift[ho + j]));
        sum += x[at];
      }
      sums[so + j] = sum;
    }
  }

  @Override
  public void softmaxGradientRows(
      float[] probabilities,
      int po,
      float[] shift,
      int ho,
      float[] gy,
      int go,
      int rows,
      int stride,
      int n) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        int at = r * stride + j;
        gy[go + at] = probabilities[po + at] * (gy[go + at] - shift[ho + j]);
      }
    }
  }

  @Override
  public void scaleRows(float[] factor, int fo, float[] x, int xo, int rows, int stride, int n) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        x[xo + r * stride + j] *= factor[fo + r];
      }
    }
  }

  @Override
  public float expSum(float scale, float shift, float[] x, int xo, float[] y, int yo, int n) {
    float[] lanes = new float[Kernels.LANES];
    for (int i = 0; i < n; i++) {
      float e = ScalarMath.exp(Math.fma(scale, x[xo + i], -shift));
      y[yo + i] = e;
      lanes[i % Kernels.LANES] += e;
    }
    return tree(lanes);
  }

  @Override
  public void softmaxGradient(
      float shift, float[] probabilities, int po, float[] gy, int go, float[] gx, int xo, int n) {
    for (int i = 0; i < n; i++) {
      gx[xo + i] = probabilities[po + i] * (gy[go + i] - shift);
    }
  }

  @Override
  public void adam(
      AdamCoefficients c,
      float[] g,
      int go,
      float[] p,
      int po,
      float[] m,
      int mo,
      float[] v,
      int vo,
      int n) {
    for (int i = 0; i < n; i++) {
      float old = p[po + i];
      float gradient = Math.fma(c.l2(), old, c.gradientScale() * g[go + i]);
      float first = Math.fma(c.beta1(), m[mo + i], c.oneMinusBeta1() * gradient);
      float second = Math.fma(c.beta2(), v[vo + i], c.oneMinusBeta2() * (gradient * gradient));
      float denominator = Math.fma(ScalarMath.sqrt(second), c.rootCorrection(), c.epsilon());
      m[mo + i] = first;
      v[vo + i] = second;
      p[po + i] = Math.fma(-c.step(), first / denominator, c.decay() * old);
    }
  }

  @Override
  public void lerp(float weight, float[] x, int xo, float[] average, int ao, int n) {
    for (int i = 0; i < n; i++) {
      float old = average[ao + i];
      average[ao + i] = Math.fma(weight, x[xo + i] - old, old);
    }
  }

  @Override
  public void uniform(
      long key, long stream, long position, float[] y, int yo, int n, float[] scratch, int so) {
    Philox.uniform(key, stream, position, y, yo, n);
  }

  @Override
  public void normal(
      long key, long stream, long position, float[] y, int yo, int n, float[] scratch, int so) {
    Philox.normal(key, stream, position, y, yo, n);
  }
}
