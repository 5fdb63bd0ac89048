package ornstein.engine;

/** Thrown when shapes do not fit an operation; the message names both the operation and shapes. */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message which shapes do not fit, where, and what would
   */
  public ShapeException(String message) {
    super(message);
  }
}
