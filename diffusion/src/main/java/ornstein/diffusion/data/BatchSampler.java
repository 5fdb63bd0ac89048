package ornstein.diffusion.data;

/**
 * Endless shuffled minibatches. The positions of all epochs follow one another, each epoch a
 * permutation of the data set, and step {@code s} takes the next {@code batch} of them; a batch may
 * reach over the end of an epoch, and over several epochs if the data set is smaller than the
 * batch. A batch depends on the data set's size, the batch size, the seed and the step alone, so
 * training resumes at any step without a saved state.
 *
 * <p>Each epoch is a Fisher–Yates shuffle driven by SplitMix64 (Steele, Lea and Flood, 2014, "Fast
 * splittable pseudorandom number generators") keyed by seed and epoch. Safe for use by several
 * threads.
 */
public final class BatchSampler {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private final int size;
  private final int batch;
  private final long seed;

  /** The order of {@link #orderEpoch}; the next epoch is written over it. */
  private final int[] order;

  private long orderEpoch = -1;

  /**
   * Creates a sampler.
   *
   * @param size number of images, at least 1
   * @param batch images in a batch, at least 1; may exceed {@code size}
   * @param seed the order's seed
   * @throws IllegalArgumentException if {@code size} or {@code batch} is less than 1
   */
  public BatchSampler(int size, int batch, long seed) {
    if (size < 1) {
      throw new IllegalArgumentException("the data set has " + size + " images; 1 is the least");
    }
    if (batch < 1) {
      throw new IllegalArgumentException("batch size " + batch + " is not at least 1");
    }
    this.size = size;
    this.batch = batch;
    this.seed = seed;
    this.order = new int[size];
  }

  /**
   * Images in a batch.
   *
   * @return the batch size
   */
  public int batchSize() {
    return batch;
  }

  /**
   * The batch of a step.
   *
   * @param step the step, from 0
   * @return {@link #batchSize()} positions in {@code [0, size)}
   * @throws IllegalArgumentException if the step is negative
   * @throws ArithmeticException if {@code (step + 1) * batch} exceeds 2<sup>63</sup>−1
   */
  public int[] batch(long step) {
    int[] indices = new int[batch];
    batch(step, indices);
    return indices;
  }

  /**
   * The batch of a step, into an array that serves again.
   *
   * @param step the step, from 0
   * @param indices receives {@link #batchSize()} positions in {@code [0, size)}
   * @throws IllegalArgumentException if the step is negative, or the array's length is another
   * @throws ArithmeticException if {@code (step + 1) * batch} exceeds 2<sup>63</sup>−1
   */
  public synchronized void batch(long step, int[] indices) {
    if (indices.length != batch) {
      throw new IllegalArgumentException(
          "a batch of " + batch + " does not fit " + indices.length + " positions");
    }
    long position = start(step);
    for (int i = 0; i < batch; i++, position++) {
      indices[i] = permutation(position / size)[(int) (position % size)];
    }
  }

  /**
   * A uniform number that belongs to one place of one step, for what is done to an image by chance.
   *
   * @param step the step, from 0
   * @param i the place in the batch
   * @return a number in [0, 1)
   */
  public double chance(long step, int i) {
    return chance(step, i, 0);
  }

  /**
   * One of several independent uniform numbers that belong to one place of one step.
   *
   * @param step the step, from 0
   * @param i the place in the batch
   * @param k which number, from 0; number 0 is {@link #chance(long, int)}
   * @return a number in [0, 1)
   */
  public double chance(long step, int i, int k) {
    long state = mix(mix(~seed) + step * batch + i);
    return (mix(state + (k + 1) * GOLDEN_GAMMA) >>> 11) * 0x1p-53;
  }

  /**
   * The epoch in which a step's batch starts.
   *
   * @param step the step, from 0
   * @return the epoch, from 0
   * @throws IllegalArgumentException if the step is negative
   * @throws ArithmeticException if {@code (step + 1) * batch} exceeds 2<sup>63</sup>−1
   */
  public long epoch(long step) {
    return start(step) / size;
  }

  private long start(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step " + step + " is negative");
    }
    return Math.multiplyExact(Math.addExact(step, 1), (long) batch) - batch;
  }

  private int[] permutation(long epoch) {
    if (epoch != orderEpoch) {
      // Two rounds of mixing keep the streams of neighbouring seeds and epochs apart.
      long state = mix(mix(seed + GOLDEN_GAMMA) + epoch * GOLDEN_GAMMA);
      for (int i = 0; i < size; i++) {
        state += GOLDEN_GAMMA;
        // The high half of a 64×32-bit product: uniform up to a bias below size / 2^64.
        int j = (int) Math.unsignedMultiplyHigh(mix(state), i + 1L);
        order[i] = order[j];
        order[j] = i;
      }
      orderEpoch = epoch;
    }
    return order;
  }

  /** SplitMix64's output function. */
  private static long mix(long z) {
    long y = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long x = (y ^ (y >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }
}
