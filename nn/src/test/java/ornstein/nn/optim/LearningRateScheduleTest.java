package ornstein.nn.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
  private static final LearningRateSchedule CONSTANT = LearningRateSchedule.constant(8e-4);

  @Test
  void warmUpRisesLinearly() {
    LearningRateSchedule s = CONSTANT.warmUp(4);
    assertEquals(2e-4, s.at(0), 1e-18);
    assertEquals(6e-4, s.at(2), 1e-18);
    assertEquals(8e-4, s.at(3));
    assertEquals(8e-4, s.at(1_000_000));
    assertEquals(8e-4, CONSTANT.warmUp(0).at(0));
  }

  @Test
  void annealingFallsToZero() {
    LearningRateSchedule s = CONSTANT.annealToZero(8);
    assertEquals(8e-4, s.at(0));
    assertEquals(2e-4, s.at(6), 1e-18);
    assertEquals(0, s.at(8));
    assertEquals(0, s.at(100));
  }

  @Test
  void schedulesCompose() {
    LearningRateSchedule s = CONSTANT.warmUp(4).annealToZero(8);
    assertEquals(8e-4 * 0.5 * 0.875, s.at(1), 1e-18);
    assertEquals(8e-4 * 0.25, s.at(6), 1e-18);
  }

  @Test
  void argumentsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> LearningRateSchedule.constant(-1));
    assertThrows(IllegalArgumentException.class, () -> LearningRateSchedule.constant(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> CONSTANT.warmUp(-1));
    assertThrows(IllegalArgumentException.class, () -> CONSTANT.annealToZero(0));
  }
}
