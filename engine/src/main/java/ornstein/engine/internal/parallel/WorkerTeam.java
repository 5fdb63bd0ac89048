package ornstein.engine.internal.parallel;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** Work on the tasks from {@code from} (inclusive) to {@code to} (exclusive). */
  @FunctionalInterface
  public interface Range {
    /** Does the tasks of one part. */
    void run(int from, int to);
  }

  /** One shared call; its parts are claimed one by one. */
  private static final class Job {
    private final long number;
    private final Range body;
    private final int tasks;
    private final int parts;
    private final AtomicInteger claimed = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Job(long number, Range body, int tasks, int parts) {
      this.number = number;
      this.body = body;
      this.tasks = tasks;
      this.parts = parts;
    }

    /** Runs parts until none is unclaimed. */
    void work() {
      for (int p = claimed.getAndIncrement(); p < parts; p = claimed.getAndIncrement()) {
        try {
          int from = (int) ((long) tasks * p / parts);
          int to = (int) ((long) tasks * (p + 1) / parts);
          body.run(from, to);
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        }
        finished.getAndIncrement();
      }
    }

    /** Waits for the parts that others have claimed, then rethrows what a part threw. */
    void join() {
      for (int spins = 0; finished.get() < parts; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.parkNanos(NAP_NANOS); // another process may hold the worker's core
        }
      }
      Throwable t = failure.get();
      if (t instanceof RuntimeException e) {
        throw e;
      } else if (t instanceof Error e) {
        throw e;
      }
    }
  }

  private final class Worker implements Runnable {
    final Thread thread;
    volatile boolean parked;

    /** Number of the last job worked on; the job itself would keep its arrays alive. */
    private long seen;

    Worker(int number) {
      thread = Thread.ofPlatform().daemon().name("ornstein-worker-" + number).unstarted(this);
    }

    @Override
    public void run() {
      int spins = 0;
      while (!closed) {
        if (work()) {
          spins = 0;
        } else if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          sleep();
          spins = 0;
        }
      }
    }

    /** Works on the current job, if there is one that this worker has not seen. */
    private boolean work() {
      Job job = current;
      if (job == null || job.number == seen) {
        return false;
      }
      seen = job.number;
      job.work();
      return true;
    }

    private void sleep() {
      parked = true;
      if (nothingNew() && !closed) {
        LockSupport.park(WorkerTeam.this);
      }
      parked = false;
    }

    private boolean nothingNew() {
      Job job = current;
      return job == null || job.number == seen;
    }
  }

  private final Worker[] workers;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicBoolean started = new AtomicBoolean();
  private long jobs; // written by the caller that holds busy
  private volatile @Nullable Job current;
  private volatile boolean closed;

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
   * Runs tasks 0 … tasks−1, shared among the team if there are more than {@code grain} of them.
   * Returns when all are done; rethrows what a task threw.
   */
  public void run(int tasks, int grain, Range body) {
    int parts = (int) Math.min(threads(), ((long) tasks + grain - 1) / grain);
    if (parts <= 1 || closed || !busy.compareAndSet(false, true)) {
      if (tasks > 0) {
        body.run(0, tasks);
      }
      return;
    }
    Job job = new Job(++jobs, body, tasks, parts);
    try {
      current = job;
      wake(parts - 1);
      job.work();
      job.join();
    } finally {
      current = null;
      busy.set(false);
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
