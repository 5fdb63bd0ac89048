package ornstein.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SmallNetworkTest {
  @Test
  void workGrowsWithTheBatch() {
    SmallNetwork network = SmallNetwork.ofSide(28);
    assertEquals(3 * network.forwardFlops(1), network.forwardFlops(3));
  }

  /** Each forward product has two backwards; only the first convolution's input needs none. */
  @Test
  void aTrainingStepIsAboutThreeTimesAForwardPass() {
    SmallNetwork network = SmallNetwork.ofSide(28);
    double ratio = (double) network.stepFlops(2) / network.forwardFlops(2);
    assertTrue(ratio > 2.9 && ratio < 3.1, "ratio " + ratio);
  }
}
