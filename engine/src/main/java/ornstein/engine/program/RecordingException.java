package ornstein.engine.program;

/** Thrown when code does what cannot be recorded; the message says what, and what to do instead. */
public final class RecordingException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was tried
   */
  public RecordingException(String message) {
    super(message);
  }
}
