package ornstein.cli;

import picocli.CommandLine;

/** Shows how far a long computation is: a bar on a terminal, now and then a line elsewhere. */
interface ProgressDisplay extends AutoCloseable {
  /**
   * Shows the state; cheap enough for each step.
   *
   * @param done steps done
   * @param total steps in all, as far as known; 0 if there is no end
   * @param details what else is worth knowing, in few words
   */
  void update(long done, long total, String details);

  /** Shows the last state for good. */
  @Override
  void close();

  /**
   * Opens the display that suits the error stream.
   *
   * @param command the command at work
   * @param task what it does, in one word
   */
  static ProgressDisplay open(CommandLine command, String task) {
    return open(command, task, 0);
  }

  /**
   * Opens the display of a computation that goes on.
   *
   * @param command the command at work
   * @param task what it does, in one word
   * @param from steps done before, which say nothing about the time left
   */
  static ProgressDisplay open(CommandLine command, String task, long from) {
    return Terminal.onErrorStream()
        ? new BarDisplay(task, from)
        : new LineDisplay(command.getErr(), task, from);
  }
}
