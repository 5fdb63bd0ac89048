package ornstein.engine.internal.parallel;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads with static partitions: ranges depend on the counts alone, and every
 * kernel computes an element the same way whatever range it falls in, so results do not depend on
 * the number of threads. Who runs a range is left open: the caller takes what no worker has taken
 * yet, so that a worker whose core is busy elsewhere delays nothing. A call that finds the team
 * busy, from another thread or from within a task, runs its whole range itself.
 */
public final class WorkerTeam implements AutoCloseable {
  /**
   * Polls before a worker parks; about 20 µs, longer than the gap between two kernels of a step.
   */
  private static final int SPINS = 4_000;

  /** How long a caller sleeps between two looks at a worker that has lost its core. */
  private static final long NAP_NANOS = 10_000;

  private final class Worker implements Runnable {
    final Thread thread;
    volatile boolean parked;

    Worker(int number) {
      thread = Thread.ofPlatform().daemon().name("ornstein-worker-" + number).unstarted(this);
    }

    @Override
    public void run() {
      int spins = 0;
      while (!closed) {
        if (work((int) (claims.get() >>> 32))) {
          spins = 0;
        } else if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          sleep();
          spins = 0;
        }
      }
    }

    private void sleep() {
      parked = true;
      if (!unclaimed(claims.get()) && !closed) {
        LockSupport.park(WorkerTeam.this);
      }
      parked = false;
    }
  }

  private final Worker[] workers;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicBoolean started = new AtomicBoolean();

  /**
   * Number of the call at work (upper 32 bits), its parts (16) and the next part that nobody has
   * claimed (16). A part is claimed by a compare-and-set, so that a worker that was late cannot
   * take a part of the next call for one of this. Calls leave no object behind.
   */
  private final AtomicLong claims = new AtomicLong();

  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean closed;

  // Written by the caller that holds busy, before claims; read after a successful claim.
  private @Nullable Range body;
  private int tasks;

  /**
   * A team; its threads start at the first shared call.
   *
   * @param threads number of threads, the caller included, at least 1
   * @throws IllegalArgumentException if threads is below 1
   */
  public WorkerTeam(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a team needs at least 1 thread, got " + threads);
    }
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
    }
  }

  /** Number of threads, the caller included. */
  public int threads() {
    return workers.length + 1;
  }

  /**
   * Runs tasks 0 … count−1, shared among the team if there are more than {@code grain} of them.
   * Returns when all are done; rethrows what a task threw.
   */
  public void run(int count, int grain, Range work) {
    int parts = (int) Math.min(threads(), ((long) count + grain - 1) / grain);
    if (parts <= 1 || closed || !busy.compareAndSet(false, true)) {
      if (count > 0) {
        work.run(0, 0, count);
      }
      return;
    }
    try {
      body = work;
      tasks = count;
      finished.set(0);
      failure.set(null);
      int call = (int) (claims.get() >>> 32) + 1;
      claims.set((long) call << 32 | (long) parts << 16);
      wake(parts - 1);
      while (work(call)) {
        // takes every part that no worker has taken
      }
      join(parts);
    } finally {
      body = null;
      busy.set(false);
    }
    rethrow(failure.get());
  }

  private static boolean unclaimed(long state) {
    return (state & 0xFFFF) < (state >>> 16 & 0xFFFF);
  }

  /** Claims and does one part of a call; false if there is none left. */
  private boolean work(int call) {
    long state = claims.get();
    while ((int) (state >>> 32) == call && unclaimed(state)) {
      if (claims.compareAndSet(state, state + 1)) {
        part((int) (state & 0xFFFF), (int) (state >>> 16 & 0xFFFF));
        return true;
      }
      state = claims.get();
    }
    return false;
  }

  private void part(int part, int parts) {
    try {
      int from = (int) ((long) tasks * part / parts);
      int to = (int) ((long) tasks * (part + 1) / parts);
      Objects.requireNonNull(body).run(part, from, to);
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
    finished.getAndIncrement();
  }

  /** Waits for the parts that others have claimed. */
  private void join(int parts) {
    for (int spins = 0; finished.get() < parts; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(NAP_NANOS); // another process may hold the worker's core
      }
    }
  }

  private static void rethrow(@Nullable Throwable t) {
    if (t instanceof RuntimeException e) {
      throw e;
    } else if (t instanceof Error e) {
      throw e;
    }
  }

  private void wake(int count) {
    if (started.compareAndSet(false, true)) {
      for (Worker w : workers) {
        w.thread.start();
      }
    }
    for (int i = 0; i < count; i++) {
      if (workers[i].parked) {
        LockSupport.unpark(workers[i].thread);
      }
    }
  }

  /** The workers' threads, for tests of what is left of them. */
  List<Thread> workerThreads() {
    return Arrays.stream(workers).map(w -> w.thread).toList();
  }

  /** Stops and joins the workers; later calls run on the caller alone. */
  @Override
  public void close() {
    closed = true;
    if (!started.get()) {
      return;
    }
    for (Worker w : workers) {
      LockSupport.unpark(w.thread);
    }
    boolean interrupted = false;
    for (Worker w : workers) {
      while (w.thread.isAlive()) {
        try {
          w.thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
