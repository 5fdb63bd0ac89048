package ornstein.engine.internal.parallel;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads with static partitions: ranges depend on the counts alone, and every
 * kernel computes an element the same way whatever range it falls in, so results do not depend on
 * the number of threads. Who runs a range is left open: the caller takes what no worker has taken
 * yet, so that a worker whose core is busy elsewhere delays nothing. A call that finds the team
 * busy, from another thread or from within a task, runs its whole range itself.
 *
 * <p>Workers start when they are first needed and end when nothing has come for a while, or at once
 * when they are told to {@linkplain #rest rest}; nothing ever waits for a certain one of them.
 */
public final class WorkerTeam implements AutoCloseable {
  /**
   * Polls before a worker parks; about 20 µs, longer than the gap between two kernels of a step.
   */
  private static final int SPINS = 4_000;

  /** How long a caller sleeps between two looks at a worker that has lost its core. */
  private static final long NAP_NANOS = 10_000;

  /** How long a worker waits for work before its thread ends. */
  private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** One life of a worker: when it has left, another takes its place. */
  private final class Worker implements Runnable {
    final Thread thread;
    volatile boolean parked;
    volatile boolean leaving;

    Worker(int number) {
      // Inherits nothing: a caller's class loader and values must not live as long as the worker.
      thread =
          Thread.ofPlatform()
              .daemon()
              .inheritInheritableThreadLocals(false)
              .name("ornstein-worker-" + number)
              .unstarted(this);
    }

    @Override
    public void run() {
      int spins = 0;
      long idleSince = 0;
      boolean idle = false;
      while (!closed && !leaving) {
        if (work((int) (claims.get() >>> 32))) {
          spins = 0;
          idle = false;
        } else if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          if (!idle) {
            idle = true;
            idleSince = System.nanoTime();
          }
          long left = keepAliveNanos - (System.nanoTime() - idleSince);
          if (left <= 0) {
            leaving = true;
          }
          sleep(left);
          spins = 0;
        }
      }
    }

    private void sleep(long nanos) {
      parked = true;
      if (!unclaimed(claims.get()) && !closed && !leaving) {
        LockSupport.parkNanos(WorkerTeam.this, nanos);
      }
      parked = false;
    }
  }

  /** Null before the first start; written by the caller that holds busy. */
  private final AtomicReferenceArray<@Nullable Worker> workers;

  private final long keepAliveNanos;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicInteger callers = new AtomicInteger();

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
    this(threads, KEEP_ALIVE_NANOS);
  }

  /** A team whose workers wait for so long before they end. */
  WorkerTeam(int threads, long keepAliveNanos) {
    if (threads < 1) {
      throw new IllegalArgumentException("a team needs at least 1 thread, got " + threads);
    }
    this.workers = new AtomicReferenceArray<>(threads - 1);
    this.keepAliveNanos = keepAliveNanos;
  }

  /** Number of threads, the caller included. */
  public int threads() {
    return workers.length() + 1;
  }

  /**
   * Says that this thread begins a series of calls, such as those of a program; {@link #leave} ends
   * it. While several threads are within one, a shared call takes only the threads that the others
   * leave: as many callers as the team has threads keep all cores busy by themselves, and workers
   * would only be in their way.
   */
  public void enter() {
    callers.getAndIncrement();
  }

  /** Ends what {@link #enter} began. */
  public void leave() {
    callers.getAndDecrement();
  }

  /**
   * Runs tasks 0 … count−1, shared among the team if there are more than {@code grain} of them.
   * Returns when all are done; rethrows what a task threw.
   */
  public void run(int count, int grain, Range work) {
    int free = threads() - Math.max(0, callers.get() - 1);
    int parts = (int) Math.min(free, ((long) count + grain - 1) / grain);
    if (parts <= 1 || closed || !busy.compareAndSet(false, true)) {
      if (count > 0) {
        work.run(0, 0, count);
      }
      return;
    }
    try {
      start(parts - 1); // before anything can be claimed: a thread that cannot be had is an error
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

  private void start(int count) {
    for (int i = 0; i < count; i++) {
      Worker w = workers.get(i);
      if (w == null || w.leaving) {
        w = new Worker(i + 1);
        w.thread.start();
        workers.set(i, w);
      }
    }
  }

  private void wake(int count) {
    for (int i = 0; i < count; i++) {
      Worker w = workers.get(i);
      if (w != null && w.parked) {
        LockSupport.unpark(w.thread);
      }
    }
  }

  /** The threads of the workers that were started last, for tests of what is left of them. */
  List<Thread> workerThreads() {
    return IntStream.range(0, workers.length())
        .mapToObj(workers::get)
        .filter(Objects::nonNull)
        .map(w -> w.thread)
        .toList();
  }

  /**
   * Ends the workers' threads, those at work after the part that they have claimed, and waits for
   * them. The next shared call starts them anew. Must not be called from within a task.
   */
  public void rest() {
    List<Thread> ended = new ArrayList<>();
    for (int i = 0; i < workers.length(); i++) {
      Worker w = workers.get(i);
      if (w != null) {
        w.leaving = true;
        LockSupport.unpark(w.thread);
        ended.add(w.thread);
      }
    }
    boolean interrupted = false;
    for (Thread t : ended) {
      while (t.isAlive()) {
        try {
          t.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops and joins the workers; later calls run on the caller alone. */
  @Override
  public void close() {
    closed = true;
    rest();
  }
}
