package ornstein.diffusion.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/**
 * Virtual threads that read pictures, as many at work at a time as there are processors: more would
 * be no faster and take more memory and open files.
 */
final class DecodingThreads implements AutoCloseable {
  /** What the threads' names begin with. */
  static final String NAME = "ornstein-decode-";

  private final int parallel = Runtime.getRuntime().availableProcessors();
  private final Semaphore turns = new Semaphore(parallel, true);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(NAME, 0).factory());

  /** What is done to one of many. */
  @FunctionalInterface
  interface Task<T, R> {
    R apply(T item) throws IOException;
  }

  /** Takes what comes of it. */
  @FunctionalInterface
  interface Sink<T, R> {
    void accept(T item, Future<R> result) throws IOException;
  }

  /** Begins a task when it is its turn. */
  <R> Future<R> start(Callable<R> task) {
    try {
      return threads.submit(
          () -> {
            turns.acquire();
            try {
              if (threads.isShutdown()) { // the turn of a task that closing has ended
                throw new InterruptedException("closed while it waited for its turn");
              }
              return task.call();
            } finally {
              turns.release();
            }
          });
    } catch (RejectedExecutionException e) {
      throw closed(e);
    }
  }

  private static IllegalStateException closed(Exception cause) {
    return new IllegalStateException("the data set is closed", cause);
  }

  /** Does a task for each of many, a few ahead, and hands on what comes of it in their order. */
  <T, R> void inOrder(List<T> items, Task<T, R> task, Sink<T, R> sink) throws IOException {
    Deque<Future<R>> begun = new ArrayDeque<>();
    int next = 0;
    for (T item : items) {
      while (next < items.size() && begun.size() < 2 * parallel) {
        T later = items.get(next++);
        begun.add(start(() -> task.apply(later)));
      }
      sink.accept(item, begun.remove());
    }
  }

  /** What came of a task, or what went wrong. */
  static <R> R get(Future<R> result) throws IOException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof RuntimeException bug) {
        throw bug;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw closed(e); // it was interrupted while it waited for its turn
    } catch (CancellationException e) {
      throw closed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while pictures were read");
    }
  }

  /** Ends the tasks at work and waits until all threads are gone. */
  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
