package ornstein.diffusion.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimestepSpacingTest {

  @Test
  void anEmptySpecKeepsEveryTimestep() {
    assertArrayEquals(new int[] {1, 2, 3, 4}, TimestepSpacing.parse("").timesteps(4));
    assertArrayEquals(new int[] {1, 2, 3, 4}, TimestepSpacing.parse("4").timesteps(4));
  }

  @Test
  void aShortChainKeepsEveryTimestepBelowALimit() {
    TimestepSpacing three = TimestepSpacing.atMost(3);
    assertArrayEquals(new int[] {1, 5, 9}, three.timesteps(9));
    assertArrayEquals(new int[] {1, 2, 3}, three.timesteps(3));
    assertArrayEquals(new int[] {1, 2}, three.timesteps(2));
    assertThrows(IllegalArgumentException.class, () -> TimestepSpacing.atMost(0));
  }

  @Test
  void tiesRoundToEven() {
    // Stride 2.5 from 0: 0, 2.5, 5, 7.5, 10; half to even gives 2 and 8.
    assertArrayEquals(new int[] {1, 3, 6, 9, 11}, TimestepSpacing.parse("5").timesteps(11));
  }

  @Test
  void theFirstSectionsTakeTheRemainder() {
    // 10 steps in 3 sections: 4, 3, 3, starting at 1, 5, 8.
    assertArrayEquals(new int[] {1, 4, 5, 8, 10}, TimestepSpacing.parse("2, 1,2").timesteps(10));
    assertArrayEquals(new int[] {5}, TimestepSpacing.parse("0,1,0").timesteps(10));
  }

  @Test
  void ddimTakesTheSmallestWholeStride() {
    assertArrayEquals(new int[] {1, 4, 7, 10}, TimestepSpacing.parse("ddim4").timesteps(10));
    assertArrayEquals(new int[] {1, 10}, TimestepSpacing.parse("ddim2").timesteps(18));
  }

  @ParameterizedTest
  @CsvSource({"ddim300,1000", "ddim1,1000", "ddim1,1", "ddim11,10", "11,10", "'3,4',7"})
  void aSpacingThatDoesNotFitSaysWhichCountDoesNot(String spec, int steps) {
    TimestepSpacing spacing = TimestepSpacing.parse(spec);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> spacing.timesteps(steps));
    assertTrue(String.valueOf(e.getMessage()).contains(steps + ""), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddim", "ten", "1,,2", "1,", ",", "ddimx", "1.5", "99999999999"})
  void anUnreadableSpecIsQuotedWithTheFormsThatExist(String spec) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> TimestepSpacing.parse(spec));
    assertTrue(String.valueOf(e.getMessage()).startsWith("'" + spec + "' is no timestep spacing"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0,0", "-1", "3,-1", "ddim0", "ddim-3"})
  void countsMustBePositive(String spec) {
    assertThrows(IllegalArgumentException.class, () -> TimestepSpacing.parse(spec));
  }

  @Test
  void keptTimestepsMustIncreaseWithinTheChain() {
    BetaSchedule cosine = BetaSchedule.cosine(10);
    for (int[] bad : new int[][] {{}, {0, 1}, {3, 3}, {5, 2}, {1, 11}}) {
      assertThrows(IllegalArgumentException.class, () -> SpacedSchedule.of(cosine, false, bad));
    }
  }

  @Test
  void modelTimesAreOriginalTimestepsScaledOnce() {
    SpacedSchedule rescaled = SpacedSchedule.of(BetaSchedule.cosine(300), true, 1, 2, 300);
    assertEquals(0, rescaled.modelTime(1));
    assertEquals(1000.0 / 300, rescaled.modelTime(2));
    assertEquals(299 * (1000.0 / 300), rescaled.modelTime(3));
    SpacedSchedule plain = SpacedSchedule.of(BetaSchedule.cosine(300), false, 1, 2, 300);
    assertEquals(299, plain.modelTime(3));
    assertThrows(IndexOutOfBoundsException.class, () -> plain.modelTime(0));
    assertThrows(IndexOutOfBoundsException.class, () -> plain.modelTime(4));
  }
}
