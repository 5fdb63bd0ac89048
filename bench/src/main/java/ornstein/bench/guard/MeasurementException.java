package ornstein.bench.guard;

/** A figure could not be measured. The message names it and says why. */
public final class MeasurementException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what failed, and the remedy if there is one
   * @param cause the failure underneath
   */
  public MeasurementException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Creates the exception.
   *
   * @param message what failed, and the remedy if there is one
   */
  public MeasurementException(String message) {
    super(message);
  }
}
