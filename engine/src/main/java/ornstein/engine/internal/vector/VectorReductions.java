package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;
import static ornstein.engine.internal.vector.VectorWidth.VECTORS;
import static ornstein.engine.kernel.Kernels.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import ornstein.engine.internal.scalar.ScalarLoops;

/**
 * Reductions along contiguous elements in {@link ornstein.engine.kernel.Kernels#LANES} virtual
 * lanes: one, two or four accumulators, according to the width. The branches on that number vanish
 * in compiled code.
 *
 * <p>A length that is no multiple of the lanes has a loop of its own, with the lanes in an array:
 * accumulators that leave their loop by two ways would become objects within it.
 */
final class VectorReductions {
  private VectorReductions() {}

  static float sum(float[] x, int xo, int n) {
    return n % LANES == 0 ? evenSum(x, xo, n) : raggedSum(x, xo, n);
  }

  private static float evenSum(float[] x, int xo, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = FloatVector.zero(SPECIES);
    FloatVector s2 = FloatVector.zero(SPECIES);
    FloatVector s3 = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      s0 = s0.add(fromArray(SPECIES, x, xo + i));
      if (VECTORS > 1) {
        s1 = s1.add(fromArray(SPECIES, x, xo + i + LENGTH));
      }
      if (VECTORS > 2) {
        s2 = s2.add(fromArray(SPECIES, x, xo + i + 2 * LENGTH));
        s3 = s3.add(fromArray(SPECIES, x, xo + i + 3 * LENGTH));
      }
    }
    if (VECTORS == 4) {
      FloatVector s = s0.add(s2).add(s1.add(s3));
      return tree4(s.lane(0), s.lane(1), s.lane(2), s.lane(3));
    }
    if (VECTORS == 2) {
      FloatVector s = s0.add(s1);
      return tree8(
          s.lane(0), s.lane(1), s.lane(2), s.lane(3), s.lane(4), s.lane(5), s.lane(6), s.lane(7));
    }
    return tree8(
        s0.lane(0) + s0.lane(8),
        s0.lane(1) + s0.lane(9),
        s0.lane(2) + s0.lane(10),
        s0.lane(3) + s0.lane(11),
        s0.lane(4) + s0.lane(12),
        s0.lane(5) + s0.lane(13),
        s0.lane(6) + s0.lane(14),
        s0.lane(7) + s0.lane(15));
  }

  private static float raggedSum(float[] x, int xo, int n) {
    float[] lanes = new float[LANES];
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      int j = i % LANES;
      fromArray(SPECIES, lanes, j).add(fromArray(SPECIES, x, xo + i)).intoArray(lanes, j);
    }
    for (int i = end; i < n; i++) {
      lanes[i % LANES] += x[xo + i];
    }
    return ScalarLoops.tree(lanes);
  }

  static float dot(float[] a, int ao, float[] b, int bo, int n) {
    return n % LANES == 0 ? evenDot(a, ao, b, bo, n) : raggedDot(a, ao, b, bo, n);
  }

  private static float evenDot(float[] a, int ao, float[] b, int bo, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = FloatVector.zero(SPECIES);
    FloatVector s2 = FloatVector.zero(SPECIES);
    FloatVector s3 = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      int u = ao + i;
      int v = bo + i;
      s0 = fromArray(SPECIES, a, u).fma(fromArray(SPECIES, b, v), s0);
      if (VECTORS > 1) {
        s1 = fromArray(SPECIES, a, u + LENGTH).fma(fromArray(SPECIES, b, v + LENGTH), s1);
      }
      if (VECTORS > 2) {
        s2 = fromArray(SPECIES, a, u + 2 * LENGTH).fma(fromArray(SPECIES, b, v + 2 * LENGTH), s2);
        s3 = fromArray(SPECIES, a, u + 3 * LENGTH).fma(fromArray(SPECIES, b, v + 3 * LENGTH), s3);
      }
    }
    if (VECTORS == 4) {
      FloatVector s = s0.add(s2).add(s1.add(s3));
      return tree4(s.lane(0), s.lane(1), s.lane(2), s.lane(3));
    }
    if (VECTORS == 2) {
      FloatVector s = s0.add(s1);
      return tree8(
          s.lane(0), s.lane(1), s.lane(2), s.lane(3), s.lane(4), s.lane(5), s.lane(6), s.lane(7));
    }
    return tree8(
        s0.lane(0) + s0.lane(8),
        s0.lane(1) + s0.lane(9),
        s0.lane(2) + s0.lane(10),
        s0.lane(3) + s0.lane(11),
        s0.lane(4) + s0.lane(12),
        s0.lane(5) + s0.lane(13),
        s0.lane(6) + s0.lane(14),
        s0.lane(7) + s0.lane(15));
  }

  private static float raggedDot(float[] a, int ao, float[] b, int bo, int n) {
    float[] lanes = new float[LANES];
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      int j = i % LANES;
      FloatVector u = fromArray(SPECIES, a, ao + i);
      u.fma(fromArray(SPECIES, b, bo + i), fromArray(SPECIES, lanes, j)).intoArray(lanes, j);
    }
    for (int i = end; i < n; i++) {
      int j = i % LANES;
      lanes[j] = Math.fma(a[ao + i], b[bo + i], lanes[j]);
    }
    return ScalarLoops.tree(lanes);
  }

  static float squaredDeviations(float mean, float[] x, int xo, int n) {
    return n % LANES == 0
        ? evenSquaredDeviations(mean, x, xo, n)
        : raggedSquaredDeviations(mean, x, xo, n);
  }

  private static float evenSquaredDeviations(float mean, float[] x, int xo, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = FloatVector.zero(SPECIES);
    FloatVector s2 = FloatVector.zero(SPECIES);
    FloatVector s3 = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      FloatVector d0 = fromArray(SPECIES, x, xo + i).sub(mean);
      s0 = d0.fma(d0, s0);
      if (VECTORS > 1) {
        FloatVector d1 = fromArray(SPECIES, x, xo + i + LENGTH).sub(mean);
        s1 = d1.fma(d1, s1);
      }
      if (VECTORS > 2) {
        FloatVector d2 = fromArray(SPECIES, x, xo + i + 2 * LENGTH).sub(mean);
        FloatVector d3 = fromArray(SPECIES, x, xo + i + 3 * LENGTH).sub(mean);
        s2 = d2.fma(d2, s2);
        s3 = d3.fma(d3, s3);
      }
    }
    if (VECTORS == 4) {
      FloatVector s = s0.add(s2).add(s1.add(s3));
      return tree4(s.lane(0), s.lane(1), s.lane(2), s.lane(3));
    }
    if (VECTORS == 2) {
      FloatVector s = s0.add(s1);
      return tree8(
          s.lane(0), s.lane(1), s.lane(2), s.lane(3), s.lane(4), s.lane(5), s.lane(6), s.lane(7));
    }
    return tree8(
        s0.lane(0) + s0.lane(8),
        s0.lane(1) + s0.lane(9),
        s0.lane(2) + s0.lane(10),
        s0.lane(3) + s0.lane(11),
        s0.lane(4) + s0.lane(12),
        s0.lane(5) + s0.lane(13),
        s0.lane(6) + s0.lane(14),
        s0.lane(7) + s0.lane(15));
  }

  private static float raggedSquaredDeviations(float mean, float[] x, int xo, int n) {
    float[] lanes = new float[LANES];
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      int j = i % LANES;
      FloatVector d = fromArray(SPECIES, x, xo + i).sub(mean);
      d.fma(d, fromArray(SPECIES, lanes, j)).intoArray(lanes, j);
    }
    for (int i = end; i < n; i++) {
      int j = i % LANES;
      float d = x[xo + i] - mean;
      lanes[j] = Math.fma(d, d, lanes[j]);
    }
    return ScalarLoops.tree(lanes);
  }

  /** The maximum does not depend on the order, so the hardware may choose it. */
  static float max(float[] x, int xo, int n) {
    int end = n & -LANES;
    FloatVector m0 = broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    FloatVector m2 = m0;
    FloatVector m3 = m0;
    for (int i = 0; i < end; i += LANES) {
      m0 = m0.max(fromArray(SPECIES, x, xo + i));
      if (VECTORS > 1) {
        m1 = m1.max(fromArray(SPECIES, x, xo + i + LENGTH));
      }
      if (VECTORS > 2) {
        m2 = m2.max(fromArray(SPECIES, x, xo + i + 2 * LENGTH));
        m3 = m3.max(fromArray(SPECIES, x, xo + i + 3 * LENGTH));
      }
    }
    float max = m0.max(m1).max(m2.max(m3)).reduceLanes(VectorOperators.MAX);
    for (int i = end; i < n; i++) {
      max = Math.max(max, x[xo + i]);
    }
    return max;
  }

  /** The tree's last steps; only scalars cross these calls. */
  private static float tree4(float l0, float l1, float l2, float l3) {
    return (l0 + l2) + (l1 + l3);
  }

  private static float tree8(
      float l0, float l1, float l2, float l3, float l4, float l5, float l6, float l7) {
    return tree4(l0 + l4, l1 + l5, l2 + l6, l3 + l7);
  }
}
