package ornstein.diffusion.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BetaScheduleTest {

  @Test
  void namesFindTheirSchedules() {
    assertEquals(BetaSchedule.linear(40), BetaSchedule.named("linear", 40));
    assertEquals(BetaSchedule.cosine(40), BetaSchedule.named("Cosine", 40));
    assertNotEquals(BetaSchedule.cosine(40), BetaSchedule.linear(40));
    assertEquals("linear", BetaSchedule.linear(40).name());
    assertEquals("custom", BetaSchedule.of(0.5).name());
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> BetaSchedule.named("quadratic", 10));
    assertEquals("unknown noise schedule 'quadratic'; use linear or cosine", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.1, 1.5, Double.NaN, Double.POSITIVE_INFINITY, 1e-17})
  void aBetaOutsideItsRangeIsNamed(double beta) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> BetaSchedule.of(0.1, beta, 0.2));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("beta_2 = " + beta) || message.contains("at step 2"), message);
  }

  @Test
  void anUnderflowingProductIsRefused() {
    double[] betas = new double[400];
    Arrays.fill(betas, 0.99);
    assertThrows(IllegalArgumentException.class, () -> BetaSchedule.of(betas));
  }

  @Test
  void lengthsThatCannotBeAreRefused() {
    assertThrows(IllegalArgumentException.class, BetaSchedule::of);
    assertThrows(IllegalArgumentException.class, () -> BetaSchedule.linear(20));
    assertThrows(IllegalArgumentException.class, () -> BetaSchedule.cosine(0));
    assertEquals(1, BetaSchedule.cosine(1).steps());
    assertEquals(1000.0 / 21 * 0.02, BetaSchedule.linear(21).beta(21));
  }

  @Test
  void stepsOutsideTheScheduleAreRefused() {
    BetaSchedule s = BetaSchedule.of(0.25, 0.5);
    assertThrows(IndexOutOfBoundsException.class, () -> s.beta(0));
    assertThrows(IndexOutOfBoundsException.class, () -> s.beta(3));
    assertThrows(IndexOutOfBoundsException.class, () -> s.alphaBar(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> s.alphaBar(3));
    assertArrayEquals(new double[] {1, 0.75, 0.375}, s.alphaBars());
  }

  @Test
  void theCallersArrayIsCopied() {
    double[] betas = {0.25, 0.5};
    BetaSchedule s = BetaSchedule.of(betas);
    betas[0] = 0.9;
    s.betas()[1] = 0.9;
    s.alphaBars()[1] = 0.9;
    assertArrayEquals(new double[] {0.25, 0.5}, s.betas());
    assertEquals(0.75, s.alphaBar(1));
  }
}
