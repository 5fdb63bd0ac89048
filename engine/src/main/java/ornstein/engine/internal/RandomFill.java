package ornstein.engine.internal;

import ornstein.engine.kernel.GeneratorState;

/** Random fills: each generator fills an equal share of a buffer, shared in turn among the team. */
final class RandomFill {
  private static final int PIECE = Loops.RANDOM_PIECE;

  private RandomFill() {}

  /** Fills n elements from an array's element {@code at} on. */
  interface Fill {
    void fill(
        long key, long stream, long position, float[] y, int at, int n, float[] scratch, int so);
  }

  static void launch(
      Launcher launcher, Fill fill, HeapBuffer generators, long position, HeapBuffer y) {
    int rows = generators.size() / GeneratorState.SIZE;
    if (rows == 0 || generators.size() % GeneratorState.SIZE != 0 || y.size() % rows != 0) {
      throw new IllegalArgumentException(
          "generators of " + generators.size() + " numbers cannot share " + y.size() + " elements");
    }
    if (position < 0 || position % 4 != 0) {
      throw new IllegalArgumentException(
          "position " + position + " of a random fill must be a multiple of 4, at least 0");
    }
    int each = y.size() / rows;
    int pieces = (each + PIECE - 1) / PIECE;
    HeapBuffer scratch = launcher.scratch(launcher.slots() * PIECE);
    launcher.run(
        rows * pieces,
        1,
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            int row = task / pieces;
            int first = task % pieces * PIECE;
            int state = generators.slot(row, GeneratorState.SIZE);
            fill.fill(
                GeneratorState.seed(generators.array(), state),
                GeneratorState.stream(generators.array(), state),
                position + first,
                y.array(),
                y.offset() + row * each + first,
                Math.min(PIECE, each - first),
                scratch.array(),
                scratch.slot(slot, PIECE));
          }
        });
  }
}
