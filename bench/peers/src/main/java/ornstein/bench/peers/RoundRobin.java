package ornstein.bench.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Takes times by turns: in each round every contender has its share of the time, so that what
 * disturbs the machine for a while disturbs all of them. A contender's time in a round is that of
 * its share divided by the runs in it.
 *
 * @param warmUp seconds for which a contender runs beforehand, at least
 * @param seconds seconds for which a contender is measured, in all rounds together
 * @param rounds number of rounds, at least 1
 */
record RoundRobin(double warmUp, double seconds, int rounds) {
  private static final int FEWEST_WARM_UP_RUNS = 2;

  /** Windows of the warm-up that must pass without progress, and what counts as progress. */
  private static final int STEADY_WINDOWS = 3;

  private static final double PROGRESS = 0.97;

  /** A warm-up may take so many times what was asked for. */
  private static final int LONGEST_WARM_UP = 12;

  /** What is slower by more than this than its library's best is not measured further. */
  private static final double HOPELESS = 1.5;

  /**
   * Long enough for the threads of the contender before to stop spinning: 20 ms were not, and cost
   * who came after ONNX Runtime up to half of its speed on two threads.
   */
  private static final long PAUSE_NANOS = 400_000_000;

  /** Above so many milliseconds what a first run costs more does not show. */
  private static final double LONG_RUN = 100;

  /**
   * Measures.
   *
   * @param contenders who takes part
   * @return for each contender the times of a run in milliseconds, one for each round; of one that
   *     has no chance to be its library's best, that of the warm-up alone
   */
  List<double[]> measure(List<Contender> contenders) {
    double[] warm = contenders.stream().mapToDouble(this::warmUp).toArray();
    List<double[]> times = new ArrayList<>();
    for (int i = 0; i < warm.length; i++) {
      boolean chance = warm[i] <= HOPELESS * best(contenders, warm, contenders.get(i).library());
      times.add(chance ? new double[rounds] : new double[] {warm[i]});
    }
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < warm.length; i++) {
        if (times.get(i).length == rounds) {
          LockSupport.parkNanos(PAUSE_NANOS);
          if (warm[i] < LONG_RUN) {
            contenders.get(i).run(); // wakes its threads and brings its operands into the caches
          }
          times.get(i)[round] = share(contenders.get(i), seconds / rounds, 1);
        }
      }
    }
    return times;
  }

  private static double best(List<Contender> contenders, double[] times, Library library) {
    return IntStream.range(0, times.length)
        .filter(i -> contenders.get(i).library() == library)
        .mapToDouble(i -> times[i])
        .min()
        .orElseThrow();
  }

  /**
   * Runs a while, and Ornstein on as long as it gets faster: how long the JVM takes to compile a
   * whole network depends on what else the machine does.
   */
  private double warmUp(Contender contender) {
    long start = System.nanoTime();
    double best = share(contender, warmUp, FEWEST_WARM_UP_RUNS);
    int steady = contender.library() == Library.ORNSTEIN ? 0 : STEADY_WINDOWS - 1;
    while (steady < STEADY_WINDOWS && System.nanoTime() - start < LONGEST_WARM_UP * warmUp * 1e9) {
      double time = share(contender, warmUp / STEADY_WINDOWS, 1);
      steady = time < PROGRESS * best ? 0 : steady + 1;
      best = Math.min(best, time);
    }
    return best;
  }

  /** Runs for a time, but a few times at least; milliseconds of a run. */
  private static double share(Contender contender, double seconds, int fewest) {
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    long now;
    int runs = 0;
    do {
      contender.run();
      runs++;
      now = System.nanoTime();
    } while (now < end || runs < fewest);
    return (now - start) / 1e6 / runs;
  }

  /** The median; of an even number of values the mean of the two in the middle. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The least. */
  static double least(double[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }
}
