package ornstein.diffusion;

import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Who may compute now. As many batches are at work at once as there are processors; more would
 * finish no sooner, and each holds the memory of a whole network evaluation. The others wait in the
 * order in which they came.
 */
final class Admission {
  private final Semaphore places =
      new Semaphore(Runtime.getRuntime().availableProcessors(), /* fair= */ true);

  /** Threads that are within: a listener may sample, and must not wait for its own place. */
  private final Set<Thread> within = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  /**
   * Waits for a place, then computes.
   *
   * @param batch what to compute
   * @return its result
   * @throws CancellationException if the thread is interrupted while it waits, which it then still
   *     is
   * @throws IllegalStateException if the model has been closed
   */
  <T> T admit(Supplier<T> batch) {
    requireOpen();
    Thread caller = Thread.currentThread();
    if (!within.add(caller)) {
      return batch.get();
    }
    try {
      places.acquire();
      try {
        requireOpen(); // it may have been closed while this one waited
        return batch.get();
      } finally {
        places.release();
      }
    } catch (InterruptedException e) {
      caller.interrupt();
      throw new CancellationException("sampling was cancelled: its thread was interrupted");
    } finally {
      within.remove(caller);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model has been closed; load it again");
    }
  }

  /**
   * Called between the steps of a batch that was admitted.
   *
   * @throws CancellationException if the model has been closed meanwhile
   */
  void requireStillOpen() {
    if (closed) {
      throw new CancellationException("sampling was cancelled: the model was closed");
    }
  }

  /** Refuses who comes from now on; who is at work is told at its next step. */
  void close() {
    closed = true;
  }
}
