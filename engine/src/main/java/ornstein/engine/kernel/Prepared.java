package ornstein.engine.kernel;

/** Verbs that are ready to run again and again on the same buffers, without allocating. */
public interface Prepared {
  /** Runs them in order. Not by several threads at once. */
  void run();

  /**
   * Runs them in order and adds the time that each took.
   *
   * @param nanos one number for each verb
   */
  void run(long[] nanos);

  /**
   * Memory beyond the verbs' own buffers: scratch, and data kept in other layouts.
   *
   * @return bytes; what is shared with other prepared verbs is counted by each
   */
  long bytes();

  /**
   * Of that, the scratch, which no other prepared verbs use.
   *
   * @return bytes
   */
  long scratchBytes();
}
