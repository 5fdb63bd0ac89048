package ornstein.engine.internal.parallel;

/** Work on a range of tasks. */
@FunctionalInterface
public interface Range {
  /**
   * Does the tasks of one part.
   *
   * @param slot number of the part, below the team's threads; no two parts that run at once share
   *     one, so that scratch can be theirs
   * @param from first task
   * @param to first task not done
   */
  void run(int slot, int from, int to);
}
