package ornstein.diffusion.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        assertThrows(IllegalArgumentException.class, () -> BetaSchedule.named("square", 10));
    assertEquals(
        "unknown noise schedule 'square'; use one of " + BetaSchedule.names(), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.1, 1.5, Double.NaN, Double.POSITIVE_INFINITY, 1e-17})
  void aBetaOutsideItsRangeIsNamed(double beta) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> BetaSchedule.of(0.1, beta, 0.2));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("beta_2 = " + beta) || message.contains("at step 2"), message);
  }

  /** β₁, β₅₀₀, ᾱ₅₀₀ and ᾱ₉₉₉ of T = 1000, computed with NumPy from the peers' formulas. */
  @ParameterizedTest
  @CsvSource({
    "linear_fixed,0.0001,0.010040040040040039,0.078587242881778235,4.118193638138445e-05",
    "sigmoid,0.00030027919974917605,0.0033034155136263399,0.5,0.00030027919974932816",
    "sigmoid_beta,0.00014920520081703202,0.010020120209938985,0.30193105660219516,4.0489620005560006e-05",
    "quadratic,0.0001,0.0057221511477685621,0.33318776735630001,0.00074838006079675098",
    "scaled_linear,0.00085,0.0048037929805507173,0.27766965045646763,0.0047166988998757478",
    "constant,0.02,0.02,4.1023985145472303e-05,1.7173136298121702e-09",
    "jsd,0.001,0.001996007984031936,0.5,0.001",
    "warmup10,0.0001,0.02,0.00011246315211238192,4.7078435527258534e-09",
    "warmup50,0.0001,0.02,0.0063527107970150608,2.659321565002316e-07",
    "square_exponential,9.9999500001723973e-06,0.0099402657029914465,0.082084998623898786,4.6316606012431672e-05",
    "exponential,0.011928287138069482,0.011928287138069815,0.0024787521766663585,6.2183870597121144e-06",
    "karras,3.9999839999138587e-06,0.015334195605003376,0.13755370874509543,0.00015794289405514535",
    "exponential_sigma,3.9999839999138587e-06,0.0028689420802553434,0.86332539375280659,0.00015957470542254202",
    "straight,1.0020020000389707e-06,0.0039840478723192074,0.5,1.0020019999959939e-06",
    "linear+shift=-1.5,0.000448012922863945,,0.018675352828692343,",
    "linear+zero_snr,,,0.07602875054711475,4.213262465088072e-09"
  })
  void everyFormulaGivesTheArraysOfItsReference(
      String name,
      @Nullable Double first,
      @Nullable Double beta,
      double bar,
      @Nullable Double last) {
    BetaSchedule s = BetaSchedule.named(name, 1000);
    assertEquals(name, s.name());
    // 1 − ᾱ/ᾱ' of neighbours keeps 16 digits less those of 1/β.
    if (first != null) {
      assertEquals(first, s.beta(1), 1e-15 + 1e-12 * first);
    }
    if (beta != null) {
      assertEquals(beta, s.beta(500), 1e-14 + 1e-12 * beta);
    }
    assertEquals(bar, s.alphaBar(500), 1e-12 * bar);
    if (last != null) {
      assertEquals(last, s.alphaBar(999), 1e-11 * last);
    }
    assertEquals(s, BetaSchedule.named(s.name(), 1000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsd", "straight", "linear+zero_snr", "cosine+zero_snr"})
  void someEndInPureNoise(String name) {
    BetaSchedule s = BetaSchedule.named(name, 50);
    assertTrue(s.endsInPureNoise());
    assertEquals(1, s.beta(50));
    assertFalse(BetaSchedule.cosine(50).endsInPureNoise());
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear+", "linear+zero", "linear+shift=", "linear+shift=x", "+zero_snr"})
  void changesThatAreNoneAreNamed(String name) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> BetaSchedule.named(name, 50));
    assertTrue(String.valueOf(e.getMessage()).contains("'"), e.getMessage());
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

  @Test
  void endsMayBeChosen() {
    BetaSchedule s = BetaSchedule.named("linear_fixed:0.001:0.011", 11);
    assertEquals(0.001, s.beta(1), 1e-15);
    assertEquals(0.002, s.beta(2), 1e-15);
    assertEquals(0.011, s.beta(11), 1e-15);
    BetaSchedule scaled = BetaSchedule.named("scaled_linear:0.00085:0.012", 50);
    BetaSchedule usual = BetaSchedule.named("scaled_linear", 50);
    assertEquals(usual.beta(20), scaled.beta(20));
    assertEquals("linear_fixed:0.001:0.011", s.name());
    for (String wrong :
        new String[] {"cosine:0.1:0.2", "linear_fixed:0.1", "linear_fixed:a:0.2", "nope:1:2"}) {
      assertThrows(IllegalArgumentException.class, () -> BetaSchedule.named(wrong, 50));
    }
  }

  /**
   * Numbers of PyTorch: (1 - torch.from_numpy(np.linspace(1e-4, 0.02, 1000)).float()).cumprod(0).
   */
  @Test
  void float32IsPyTorchs() {
    BetaSchedule s = BetaSchedule.named("linear_fixed+float32", 1000);
    assertEquals(0.9999f, (float) s.alphaBar(1));
    assertEquals(0.07858725f, (float) s.alphaBar(500));
    assertEquals(4.03583e-05f, (float) s.alphaBar(1000));
    assertEquals(s.alphaBar(700), BetaSchedule.named(s.name(), 1000).alphaBar(700));
  }
}
