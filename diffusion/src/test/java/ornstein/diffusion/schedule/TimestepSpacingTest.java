package ornstein.diffusion.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
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

  /** Lists that NumPy gave for the peers' own expressions. */
  @ParameterizedTest
  @CsvSource({
    "1000,uniform:7,1 143 285 427 569 711 853 995",
    "1000,quad:7,1 23 89 201 356 556 801",
    "1000,leading:7,1 143 285 427 569 711 853",
    "1000,trailing:7,143 286 429 571 714 857 1000",
    "1000,linspace:7,1 167 334 501 667 833 1000",
    "1000,span:7,142 285 428 571 714 857 1000",
    "100,quad:10,1 4 9 16 25 36 49 64 81",
    "37,uniform:5,1 8 15 22 29 36",
    "37,quad:5,1 2 8 17 30",
    "37,leading:5,1 8 15 22 29",
    "37,trailing:5,7 15 22 30 37",
    "37,linspace:5,1 10 19 28 37",
    "37,span:5,7 14 22 29 37"
  })
  void thePeersSpacings(int steps, String spec, String expected) {
    int[] kept = Arrays.stream(expected.split(" ")).mapToInt(Integer::parseInt).toArray();
    assertArrayEquals(kept, TimestepSpacing.parse(spec).timesteps(steps));
  }

  @ParameterizedTest
  @ValueSource(strings = {"quad:0", "leading:-1", "trailing:x", "even:10", ":5", "linspace:"})
  void spacingsThatAreNoneAreRefused(String spec) {
    assertThrows(IllegalArgumentException.class, () -> TimestepSpacing.parse(spec));
  }

  @Test
  void moreTimestepsThanTheChainHasAreRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> TimestepSpacing.trailing(11).timesteps(10));
    assertEquals("trailing spacing cannot visit 11 timesteps of a chain of 10", e.getMessage());
    assertArrayEquals(
        TimestepSpacing.uniform(5).timesteps(10), TimestepSpacing.parse("uniform:5").timesteps(10));
    assertArrayEquals(
        TimestepSpacing.quadratic(5).timesteps(10), TimestepSpacing.parse("quad:5").timesteps(10));
    assertArrayEquals(new int[] {1, 3, 5, 7, 9}, TimestepSpacing.leading(5).timesteps(10));
    assertArrayEquals(new int[] {1, 4, 7, 10}, TimestepSpacing.linspace(4).timesteps(10));
  }
}
