package ornstein.bench.peers;

/** One library's way to compute a figure, ready to run: operands are in place, programs loaded. */
interface Contender {
  /** Whose it is. */
  Library library();

  /** What tells it from the library's other contenders, such as the layout; may be empty. */
  String variant();

  /** Computes once. Results of earlier runs become invalid. */
  void run();

  /** What the last run computed, row-major, images with channels last. */
  float[] result();
}
