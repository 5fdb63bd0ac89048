package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.SQRT;
import static jdk.incubator.vector.VectorOperators.XOR;
import static ornstein.engine.internal.Polynomials.COS_2;
import static ornstein.engine.internal.Polynomials.COS_4;
import static ornstein.engine.internal.Polynomials.COS_6;
import static ornstein.engine.internal.Polynomials.COS_8;
import static ornstein.engine.internal.Polynomials.SIN_1;
import static ornstein.engine.internal.Polynomials.SIN_3;
import static ornstein.engine.internal.Polynomials.SIN_5;
import static ornstein.engine.internal.Polynomials.SIN_7;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import ornstein.engine.internal.Loops;
import ornstein.engine.internal.scalar.Philox;

/**
 * {@link Philox} on vectors, a block of the generator in each lane: first the words of many blocks
 * into four planes of scratch, word j of block b at {@code so + j · PLANE + b}, then the numbers,
 * then block by block into place. Each loop handles the leading whole vectors of blocks and returns
 * the number of elements written.
 */
final class VectorPhilox {
  private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

  /** Distance of the planes, and the most blocks of a call. */
  private static final int PLANE = Loops.RANDOM_PIECE / Philox.WORDS;

  private static final long LOW = 0xFFFF_FFFFL;

  private VectorPhilox() {}

  /** {@link Philox#uniform} of at most RANDOM_PIECE elements. */
  static int uniform(
      long key, long stream, long block, float[] y, int yo, int n, float[] s, int so) {
    int blocks = words(key, stream, block, n / Philox.WORDS, s, so);
    for (int j = 0; j < Philox.WORDS; j++) {
      fractions(s, so + j * PLANE, blocks);
    }
    interleave(s, so, y, yo, blocks);
    return blocks * Philox.WORDS;
  }

  /** {@link Philox#normal} of at most RANDOM_PIECE elements. */
  static int normal(
      long key, long stream, long block, float[] y, int yo, int n, float[] s, int so) {
    int blocks = words(key, stream, block, n / Philox.WORDS, s, so);
    for (int j = 0; j < Philox.WORDS; j += 2) {
      int radius = so + j * PLANE;
      fractions(s, radius, blocks);
      VectorUnary.log(s, radius, s, radius, blocks);
      pairs(s, radius, s, radius + PLANE, blocks);
    }
    interleave(s, so, y, yo, blocks);
    return blocks * Philox.WORDS;
  }

  /** The words of leading blocks, none if the counter's low word overflows among them. */
  private static int words(long key, long stream, long block, int n, float[] s, int so) {
    int end = SPECIES.loopBound(n);
    if (block >>> 32 != (block + end) >>> 32) {
      return 0;
    }
    IntVector lanes = IntVector.broadcast(INTS, (int) block).addIndex(1);
    for (int i = 0; i < end; i += LENGTH) {
      IntVector c0 = lanes.add(i);
      IntVector c1 = IntVector.broadcast(INTS, (int) (block >>> 32));
      IntVector c2 = IntVector.broadcast(INTS, (int) stream);
      IntVector c3 = IntVector.broadcast(INTS, (int) (stream >>> 32));
      int k0 = (int) key;
      int k1 = (int) (key >>> 32);
      for (int round = 0; round < Philox.ROUNDS; round++) {
        // Products of 32 × 32 bits: those of the even lanes, then those of the odd ones.
        LongVector x0 = c0.reinterpretAsLongs();
        LongVector x2 = c2.reinterpretAsLongs();
        LongVector even0 = x0.and(LOW).mul(Philox.MULTIPLIER_0);
        LongVector odd0 = x0.lanewise(LSHR, 32).mul(Philox.MULTIPLIER_0);
        LongVector even1 = x2.and(LOW).mul(Philox.MULTIPLIER_1);
        LongVector odd1 = x2.lanewise(LSHR, 32).mul(Philox.MULTIPLIER_1);
        IntVector high0 = even0.lanewise(LSHR, 32).or(odd0.and(~LOW)).reinterpretAsInts();
        IntVector low0 = even0.and(LOW).or(odd0.lanewise(LSHL, 32)).reinterpretAsInts();
        IntVector high1 = even1.lanewise(LSHR, 32).or(odd1.and(~LOW)).reinterpretAsInts();
        IntVector low1 = even1.and(LOW).or(odd1.lanewise(LSHL, 32)).reinterpretAsInts();
        c0 = high1.lanewise(XOR, c1).lanewise(XOR, k0);
        c2 = high0.lanewise(XOR, c3).lanewise(XOR, k1);
        c1 = low1;
        c3 = low0;
        k0 += Philox.WEYL_0;
        k1 += Philox.WEYL_1;
      }
      c0.reinterpretAsFloats().intoArray(s, so + i);
      c1.reinterpretAsFloats().intoArray(s, so + PLANE + i);
      c2.reinterpretAsFloats().intoArray(s, so + 2 * PLANE + i);
      c3.reinterpretAsFloats().intoArray(s, so + 3 * PLANE + i);
    }
    return end;
  }

  /** Words to odd multiples of 2⁻²⁴. */
  private static void fractions(float[] s, int at, int n) {
    for (int i = at; i < at + n; i += LENGTH) {
      IntVector odd = fromArray(SPECIES, s, i).reinterpretAsInts().lanewise(LSHR, 9);
      FloatVector f = (FloatVector) odd.lanewise(LSHL, 1).add(1).convert(I2F, 0);
      f.mul(0x1p-24f).intoArray(s, i);
    }
  }

  /** Logarithms and words of angles to pairs of normal numbers. */
  private static void pairs(float[] s, int log, float[] words, int angle, int n) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector radius = fromArray(SPECIES, s, log + i).mul(-2f).lanewise(SQRT);
      IntVector word = fromArray(SPECIES, words, angle + i).reinterpretAsInts();
      IntVector turns = word.lanewise(LSHR, 9).lanewise(LSHL, 1).add(1);
      IntVector quarter = turns.add(1 << 21).lanewise(ASHR, 22);
      IntVector rest = turns.sub(quarter.lanewise(LSHL, 22));
      FloatVector f = ((FloatVector) rest.convert(I2F, 0)).mul(0x1p-24f);
      FloatVector z = f.mul(f);
      FloatVector p =
          broadcast(SPECIES, SIN_7)
              .fma(z, broadcast(SPECIES, SIN_5))
              .fma(z, broadcast(SPECIES, SIN_3))
              .fma(z, broadcast(SPECIES, SIN_1));
      IntVector sin = f.mul(p).reinterpretAsInts();
      IntVector cos =
          broadcast(SPECIES, COS_8)
              .fma(z, broadcast(SPECIES, COS_6))
              .fma(z, broadcast(SPECIES, COS_4))
              .fma(z, broadcast(SPECIES, COS_2))
              .fma(z, broadcast(SPECIES, 1f))
              .reinterpretAsInts();
      VectorMask<Integer> swap = quarter.and(1).compare(NE, 0);
      IntVector first = cos.blend(sin, swap);
      IntVector second = sin.blend(cos, swap);
      IntVector firstSign = quarter.add(1).and(2).lanewise(LSHL, 30);
      IntVector secondSign = quarter.and(2).lanewise(LSHL, 30);
      radius.mul(first.lanewise(XOR, firstSign).reinterpretAsFloats()).intoArray(s, log + i);
      radius
          .mul(second.lanewise(XOR, secondSign).reinterpretAsFloats())
          .intoArray(words, angle + i);
    }
  }

  private static void interleave(float[] s, int so, float[] y, int yo, int blocks) {
    for (int b = 0; b < blocks; b++) {
      int to = yo + b * Philox.WORDS;
      y[to] = s[so + b];
      y[to + 1] = s[so + PLANE + b];
      y[to + 2] = s[so + 2 * PLANE + b];
      y[to + 3] = s[so + 3 * PLANE + b];
    }
  }
}
