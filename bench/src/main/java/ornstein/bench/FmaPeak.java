package ornstein.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The yardstick: fused multiply-adds on ten independent registers, enough to hide the latency of
 * two units, at the width that the processor prefers.
 */
final class FmaPeak {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int ROUNDS = 100_000;

  /** Floating-point operations of one call of {@link #chains}. */
  static final long FLOPS = ROUNDS * 10L * 2 * S.length();

  /** A call takes some 0.2 ms: short enough that some of them run undisturbed on a busy machine. */
  private static final int CALLS = 30;

  /** Calls without a faster one, after which the code counts as compiled. */
  private static final int SETTLED_CALLS = 200;

  private static final long SHORTEST_WARM_UP = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long LONGEST_WARM_UP = TimeUnit.SECONDS.toNanos(5);

  /** Not final: a constant factor could be folded. */
  private static volatile float factor = 0.999f;

  /** Takes the sums, so that nothing is optimised away. */
  static volatile float sum;

  private FmaPeak() {}

  /** Runs the chains and gives their sum. */
  static float chains(float by) {
    FloatVector m = FloatVector.broadcast(S, by);
    FloatVector c = FloatVector.broadcast(S, 1e-3f);
    FloatVector a0 = c;
    FloatVector a1 = c;
    FloatVector a2 = c;
    FloatVector a3 = c;
    FloatVector a4 = c;
    FloatVector a5 = c;
    FloatVector a6 = c;
    FloatVector a7 = c;
    FloatVector a8 = c;
    FloatVector a9 = c;
    for (int i = 0; i < ROUNDS; i++) {
      a0 = a0.fma(m, c);
      a1 = a1.fma(m, c);
      a2 = a2.fma(m, c);
      a3 = a3.fma(m, c);
      a4 = a4.fma(m, c);
      a5 = a5.fma(m, c);
      a6 = a6.fma(m, c);
      a7 = a7.fma(m, c);
      a8 = a8.fma(m, c);
      a9 = a9.fma(m, c);
    }
    return a0.add(a1)
        .add(a2)
        .add(a3)
        .add(a4)
        .add(a5)
        .add(a6)
        .add(a7)
        .add(a8)
        .add(a9)
        .reduceLanes(VectorOperators.ADD);
  }

  /** Runs until the code is compiled, that is, until it gets no faster. */
  static void warmUp() {
    long start = System.nanoTime();
    long best = Long.MAX_VALUE;
    int settled = 0;
    while (settled < SETTLED_CALLS || System.nanoTime() - start < SHORTEST_WARM_UP) {
      long time = call();
      settled = time < best - best / 100 ? 0 : settled + 1;
      best = Math.min(best, time);
      if (System.nanoTime() - start > LONGEST_WARM_UP) {
        return;
      }
    }
  }

  /** The peak of one thread in GFLOP/s: the best of some short repetitions. */
  static double gigaflops() {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < CALLS; i++) {
      best = Math.min(best, call());
    }
    return (double) FLOPS / best;
  }

  /**
   * What some threads reach at once, in GFLOP/s from the first start to the last end. It is less
   * than so many times the peak of one where the cores are busy, share units or slow down together.
   */
  static double gigaflops(int threads) {
    CountDownLatch ready = new CountDownLatch(threads);
    List<CompletableFuture<long[]>> runs = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      CompletableFuture<long[]> run = new CompletableFuture<>();
      runs.add(run);
      Thread.ofPlatform().daemon().start(() -> run.complete(timed(ready)));
    }
    long start = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (CompletableFuture<long[]> run : runs) {
      long[] times = run.join();
      start = Math.min(start, times[0]);
      end = Math.max(end, times[1]);
    }
    return (double) threads * CALLS * FLOPS / (end - start);
  }

  /** Start and end of the calls, which begin when all threads are ready. */
  private static long[] timed(CountDownLatch ready) {
    ready.countDown();
    while (ready.getCount() > 0) {
      Thread.onSpinWait(); // a thread that sleeps would start late
    }
    long start = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      sum = chains(factor);
    }
    return new long[] {start, System.nanoTime()};
  }

  private static long call() {
    long start = System.nanoTime();
    sum = chains(factor);
    return System.nanoTime() - start;
  }
}
