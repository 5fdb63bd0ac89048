package ornstein.engine.program;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Supplier;

/**
 * Idle recorded functions, by what they compute. It is bounded in number and memory: the one that
 * was given back longest ago is dropped first. A function is lent to one user at a time; who finds
 * none idle records another. Safe for use by several threads at once.
 */
public final class ProgramCache implements AutoCloseable {
  private record Idle(Object key, RecordedFunction function) {}

  private final int capacity;
  private final long mostBytes;
  private final Deque<Idle> idle = new ArrayDeque<>();

  private long bytes;
  private boolean closed;

  /**
   * An empty cache.
   *
   * @param capacity the most idle programs that it keeps, at least 1
   * @param mostBytes the most {@linkplain Program#ownBytes memory} that they take together, above
   *     0; one program is kept however large it is
   * @throws IllegalArgumentException if a bound is out of its range
   */
  public ProgramCache(int capacity, long mostBytes) {
    if (capacity < 1 || mostBytes < 1) {
      throw new IllegalArgumentException(
          "a cache keeps at least 1 program and 1 byte, got " + capacity + " and " + mostBytes);
    }
    this.capacity = capacity;
    this.mostBytes = mostBytes;
  }

  /**
   * Takes an idle program, or records one.
   *
   * @param key what it computes, by {@code equals}: back end, shapes, and all that the recorded
   *     code depends on
   * @param record records it
   * @return the program, the caller's own until it is {@linkplain #give given back}
   */
  public RecordedFunction take(Object key, Supplier<RecordedFunction> record) {
    synchronized (this) {
      for (Iterator<Idle> i = idle.iterator(); i.hasNext(); ) {
        Idle candidate = i.next();
        if (candidate.key().equals(key)) {
          i.remove();
          bytes -= size(candidate);
          return candidate.function();
        }
      }
    }
    return record.get();
  }

  private static long size(Idle program) {
    return program.function().program().ownBytes();
  }

  /**
   * Gives a program back; a closed cache drops it.
   *
   * @param key the key it was taken with
   * @param function the function, not to be used by the caller any more
   */
  public synchronized void give(Object key, RecordedFunction function) {
    if (closed) {
      return;
    }
    Idle given = new Idle(key, function);
    idle.addFirst(given);
    bytes += size(given);
    while (idle.size() > capacity || (bytes > mostBytes && idle.size() > 1)) {
      bytes -= size(idle.removeLast());
    }
  }

  /** Drops all idle programs, and from now on those that are given back. It can still be used. */
  @Override
  public synchronized void close() {
    closed = true;
    idle.clear();
    bytes = 0;
  }

  /**
   * How many programs are idle.
   *
   * @return the count, at most the capacity
   */
  public synchronized int size() {
    return idle.size();
  }
}
