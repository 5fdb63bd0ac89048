package ornstein.engine.program;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Supplier;

/**
 * Idle recorded functions, by what they compute. It is bounded: the one that was given back longest
 * ago is dropped first. A function is lent to one user at a time; who finds none idle records
 * another. Safe for use by several threads at once.
 */
public final class ProgramCache {
  private record Idle(Object key, RecordedFunction function) {}

  private final int capacity;
  private final Deque<Idle> idle = new ArrayDeque<>();

  /**
   * An empty cache.
   *
   * @param capacity the most idle programs that it keeps, at least 0
   * @throws IllegalArgumentException if the capacity is negative
   */
  public ProgramCache(int capacity) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity must be at least 0, got " + capacity);
    }
    this.capacity = capacity;
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
          return candidate.function();
        }
      }
    }
    return record.get();
  }

  /**
   * Gives a program back.
   *
   * @param key the key it was taken with
   * @param function the function, not to be used by the caller any more
   */
  public synchronized void give(Object key, RecordedFunction function) {
    idle.addFirst(new Idle(key, function));
    while (idle.size() > capacity) {
      idle.removeLast();
    }
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
