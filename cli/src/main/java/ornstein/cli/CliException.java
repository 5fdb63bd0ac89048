package ornstein.cli;

/** An expected failure of a command: what is wrong and what to do about it, in one line. */
final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param cause what is wrong, naming the file, value or option
   * @param remedy what the user can do about it
   */
  CliException(String cause, String remedy) {
    super(cause + "; " + remedy);
  }

  /**
   * Creates the exception for a failure that another one reported.
   *
   * @param cause what is wrong, naming the file, value or option
   * @param remedy what the user can do about it
   * @param origin the failure underneath, shown with {@code --verbose}
   */
  CliException(String cause, String remedy, Throwable origin) {
    super(cause + "; " + remedy, origin);
  }
}
