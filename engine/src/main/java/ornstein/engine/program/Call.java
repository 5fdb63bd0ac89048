package ornstein.engine.program;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.StridedCopy;

/**
 * One recorded verb.
 *
 * @param verb its name
 * @param detail its geometry, for people
 * @param reads buffers that it reads
 * @param writes buffers that it overwrites as a whole
 * @param updates buffers that it changes in part, or reads and changes
 * @param flops floating-point operations, 0 where they do not count
 * @param part for a copy into a part of a buffer, which part
 * @param issue issues it
 */
record Call(
    String verb,
    String detail,
    List<Buffer> reads,
    List<Buffer> writes,
    List<Buffer> updates,
    long flops,
    @Nullable StridedCopy part,
    Issue issue) {
  /** Issues a verb on the buffers that stand for the recorded ones. */
  interface Issue {
    void to(Kernels kernels, UnaryOperator<Buffer> real);
  }

  /** Bytes that it moves, if every operand is touched once. */
  long bytes() {
    long elements = 0;
    for (Buffer b : reads) {
      elements += b.size();
    }
    for (Buffer b : writes) {
      elements += b.size();
    }
    for (Buffer b : updates) {
      elements += 2L * b.size();
    }
    return 4 * elements;
  }
}
