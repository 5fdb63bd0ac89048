package ornstein.engine.internal;

import ornstein.engine.internal.parallel.Range;

/**
 * Where the loops of a verb go: to the team of threads at once, or into a program that is being
 * prepared and runs them again and again. A verb therefore touches data within the bodies that it
 * launches only; what it computes outside follows from the geometry.
 */
public interface Launcher {
  /** Number of parts that may run at once; bodies are told slots below it. */
  int slots();

  /**
   * Runs tasks 0 … tasks−1, shared among the team if there are more than {@code grain}, after all
   * that was launched before.
   */
  void run(int tasks, int grain, Range body);

  /**
   * Scratch with undefined contents that is the verb's own until it ends.
   *
   * @param size number of elements
   */
  HeapBuffer scratch(int size);

  /**
   * Data in another layout, derived from one buffer. A program makes it once and keeps it as long
   * as the source does not change.
   *
   * @param source what it is derived from
   * @param layout says which derivation it is, by {@code equals}
   * @param size number of elements
   * @param packing launches the derivation
   */
  HeapBuffer packed(HeapBuffer source, Object layout, int size, Packing packing);

  /** Says that a verb writes a buffer, so that what was packed of it is known to be out of date. */
  void writes(HeapBuffer y);

  /** Launches what fills a packed buffer. */
  @FunctionalInterface
  interface Packing {
    /** Launches it; {@code launcher} gives the scratch that it needs. */
    void launch(Launcher launcher, HeapBuffer packed);
  }
}
