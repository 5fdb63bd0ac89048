package ornstein.engine;

import org.jspecify.annotations.Nullable;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.GeneratorState;
import ornstein.engine.kernel.KernelsProvider;

/**
 * Counter-based random numbers: Philox 4×32-10 (Salmon et al., 2011). Each element is a function of
 * (seed, stream, position) alone, so that the same seed gives the same bits at any thread count and
 * vector width, and a generator is restored from three numbers. Not safe for use by several threads
 * at once; {@linkplain #split split} one for each.
 */
public final class Rng {
  private static final int BLOCK = 4;

  private final long seed;
  private final long stream;
  private final @Nullable Tensor stored;
  private long position;

  private Rng(long seed, long stream, @Nullable Tensor stored, long position) {
    this.seed = seed;
    this.stream = stream;
    this.stored = stored;
    this.position = position;
  }

  /**
   * A generator at the start of its main stream.
   *
   * @param seed any number
   * @return the generator
   */
  public static Rng of(long seed) {
    return new Rng(seed, 0, null, 0);
  }

  /**
   * A generator at a saved place.
   *
   * @param seed its seed
   * @param stream its stream
   * @param position its position, a multiple of 4, at least 0
   * @return the generator
   * @throws IllegalArgumentException if the position is none that a generator can have
   */
  public static Rng restore(long seed, long stream, long position) {
    if (position < 0 || position % BLOCK != 0) {
      throw new IllegalArgumentException(
          "generator position must be a multiple of 4 and at least 0, got " + position);
    }
    return new Rng(seed, stream, null, position);
  }

  /**
   * A generator whose seed and stream lie in a tensor and are read when numbers are drawn: what is
   * recorded with it once draws other numbers when the tensor has changed.
   *
   * @param state [8], written by {@link #putState}; or [G, 8] for G generators that fill one share
   *     of a tensor each
   * @return the generator at position 0
   * @throws ShapeException if the shape is another
   */
  public static Rng stored(Tensor state) {
    if (state.shape().rank() < 1 || state.shape().dim(-1) != GeneratorState.SIZE) {
      throw new ShapeException("a generator's state has shape [8] or [G, 8], got " + state.shape());
    }
    return new Rng(0, 0, state, 0);
  }

  /**
   * Writes seed and stream in the form that {@link #stored} reads.
   *
   * @param state array written
   * @param at first of the eight elements written
   * @throws IllegalStateException if this generator's own state is stored
   */
  public void putState(float[] state, int at) {
    requireOwnState();
    GeneratorState.put(seed, stream, state, at);
  }

  /**
   * A generator at the same place, that moves on its own: it gives the same numbers again.
   *
   * @return the copy
   */
  public Rng copy() {
    return new Rng(seed, stream, stored, position);
  }

  private Buffer state() {
    if (stored != null) {
      return stored.buffer();
    }
    float[] state = new float[GeneratorState.SIZE];
    putState(state, 0);
    return Tensor.of(state).buffer();
  }

  private void requireOwnState() {
    if (stored != null) {
      throw new IllegalStateException("the seed and stream of this generator lie in a tensor");
    }
  }

  /**
   * An independent generator for a numbered purpose: the same number gives the same stream, and
   * drawing from it does not move this one.
   *
   * @param purpose any number
   * @return a generator at the start of its own stream
   * @throws IllegalStateException if this generator's state is {@linkplain #stored stored}
   */
  public Rng split(long purpose) {
    requireOwnState();
    return new Rng(seed, mix(mix(stream + 0x9E3779B97F4A7C15L) + purpose), null, 0);
  }

  /** The finaliser of SplitMix64 (Steele et al., 2014), a bijection of 64-bit numbers. */
  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }

  /**
   * Standard normal numbers.
   *
   * @param shape shape of the result
   * @return a fresh tensor
   */
  public Tensor normal(Shape shape) {
    Buffer y = KernelsProvider.current().allocate(shape.size());
    KernelsProvider.current().randomNormal(state(), advance(shape.size()), y);
    return Tensor.over(shape, y);
  }

  /**
   * Uniform numbers in the open interval (0, 1).
   *
   * @param shape shape of the result
   * @return a fresh tensor
   */
  public Tensor uniform(Shape shape) {
    Buffer y = KernelsProvider.current().allocate(shape.size());
    KernelsProvider.current().randomUniform(state(), advance(shape.size()), y);
    return Tensor.over(shape, y);
  }

  /**
   * Integers uniform in [0, bound).
   *
   * @param count how many
   * @param bound exclusive upper bound, from 1 to 2<sup>24</sup>
   * @return fresh numbers
   * @throws IllegalArgumentException if the bound is out of range
   */
  public int[] integers(int count, int bound) {
    if (bound < 1 || bound > 1 << 24) {
      throw new IllegalArgumentException("bound must be from 1 to 2^24, got " + bound);
    }
    float[] u = uniform(Shape.of(count)).toArray();
    int[] result = new int[count];
    for (int i = 0; i < count; i++) {
      result[i] = (int) Math.min(bound - 1L, (long) ((double) u[i] * bound));
    }
    return result;
  }

  private long advance(int count) {
    long start = position;
    position += ((long) count + BLOCK - 1) / BLOCK * BLOCK;
    return start;
  }

  /**
   * The seed.
   *
   * @return the seed
   * @throws IllegalStateException if it is {@linkplain #stored stored}
   */
  public long seed() {
    requireOwnState();
    return seed;
  }

  /**
   * The stream within the seed's sequence.
   *
   * @return the stream
   * @throws IllegalStateException if it is {@linkplain #stored stored}
   */
  public long stream() {
    requireOwnState();
    return stream;
  }

  /**
   * How many elements were drawn, rounded up to a multiple of 4 at each draw.
   *
   * @return the position
   */
  public long position() {
    return position;
  }
}
