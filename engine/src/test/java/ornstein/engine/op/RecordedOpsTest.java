package ornstein.engine.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.program.Program;

/**
 * Every operation, forwards and backwards: recorded and run twice it gives the bits of the code.
 */
class RecordedOpsTest {
  private static Kernels kernels;

  @BeforeAll
  static void open() {
    kernels = KernelsProvider.vector(2);
  }

  @AfterAll
  static void close() {
    kernels.close();
  }

  @TestFactory
  List<DynamicTest> recordedEqualsEager() {
    return OpCases.all().stream()
        .map(c -> DynamicTest.dynamicTest(c.toString(), () -> check(c)))
        .toList();
  }

  private static void check(OpCase c) {
    KernelsProvider.with(
        kernels,
        () -> {
          List<Tensor> inputs = c.leaves();
          List<Tensor> expected = c.resultsOn(inputs);
          Program program = Program.record(() -> c.resultsOn(inputs));
          for (int run = 0; run < 2; run++) {
            program.run();
            assertEquals(expected.size(), program.outputs().size());
            for (int i = 0; i < expected.size(); i++) {
              float[] actual = program.outputs().get(i).toArray();
              assertArrayEquals(expected.get(i).toArray(), actual, "result " + i);
            }
          }
          return null;
        });
  }
}
