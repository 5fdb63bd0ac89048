package ornstein.bench.guard;

/** The record cannot be used. The message names the file and the remedy, in one line. */
public final class RecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message file, what is wrong with it, and the remedy
   */
  public RecordException(String message) {
    super(message);
  }
}
