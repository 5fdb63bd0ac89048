package ornstein.diffusion.data;

/** Follows the reading of a data set. Called by the thread that opens it. */
public interface DatasetListener {
  /** One that does nothing. */
  DatasetListener NONE = new DatasetListener() {};

  /**
   * A file was left out because it cannot be read.
   *
   * @param message names the file, what is wrong with it and the remedy
   */
  default void onBadFile(String message) {}

  /**
   * Another picture of a folder was read.
   *
   * @param done how many so far
   * @param total how many files there are
   */
  default void onRead(long done, long total) {}
}
