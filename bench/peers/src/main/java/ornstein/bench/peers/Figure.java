package ornstein.bench.peers;

import java.io.IOException;
import java.util.List;

/** One thing that is measured. */
interface Figure {
  /** What it is one of, such as a kind of operation; geometric means are taken over groups. */
  String group();

  /** Its name within the group, without commas. */
  String name();

  /** Floating-point operations of one run, a multiply-add counted as two; 0 if not counted. */
  double flops();

  /**
   * Prepares the contenders, Ornstein's first.
   *
   * @param peers the libraries
   * @return at least one
   * @throws IOException if an exported program is missing or cannot be read
   */
  List<Contender> contenders(Peers peers) throws IOException;

  /** Runs after which results are compared: more than one where a run goes on from the last. */
  default int runsToCompare() {
    return 1;
  }

  /** Size of the JVM's heap, as its option has it. */
  default String heap() {
    return "1g";
  }

  /** Group and name. */
  default String title() {
    return group() + " " + name();
  }
}
