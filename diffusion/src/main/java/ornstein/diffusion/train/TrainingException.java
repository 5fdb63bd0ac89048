package ornstein.diffusion.train;

/** Thrown when training cannot go on; the message says at which step and what may help. */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what went wrong, where, and the remedy
   */
  public TrainingException(String message) {
    super(message);
  }
}
