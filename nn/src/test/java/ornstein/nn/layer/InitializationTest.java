package ornstein.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import ornstein.engine.Rng;
import ornstein.engine.op.AttentionOp;
import ornstein.nn.Initializer;
import ornstein.nn.Module;

class InitializationTest {
  private static Initializer random(long seed) {
    return Initializer.random(Rng.of(seed));
  }

  private static float[] values(Module module, String name) {
    return Objects.requireNonNull(module.namedParameters().get(name)).value().toArray();
  }

  /** Moments of U(±b): mean 0 and variance b²/3, each within five standard errors. */
  private static void assertUniform(float[] x, double bound) {
    double sum = 0;
    double squares = 0;
    double largest = 0;
    for (float v : x) {
      sum += v;
      squares += (double) v * v;
      largest = Math.max(largest, Math.abs(v));
    }
    int n = x.length;
    assertTrue(largest <= bound * (1 + 1e-6), "largest " + largest + " over " + bound);
    assertTrue(largest >= bound * (1 - 20.0 / n), "largest " + largest + " far under " + bound);
    assertEquals(0, sum / n, 5 * bound / Math.sqrt(3.0 * n));
    double errorOfSquares = bound * bound * Math.sqrt(4.0 / 45.0 / n);
    assertEquals(bound * bound / 3, squares / n, 5 * errorOfSquares);
  }

  @Test
  void linearAndConvolutionAreUniformInTheirFanIn() {
    Linear linear = new Linear(100, 400, random(1));
    assertUniform(values(linear, "weight"), 0.1);
    assertUniform(values(linear, "bias"), 0.1);
    Conv2d conv = new Conv2d(16, 500, 3, 1, 1, random(2));
    assertUniform(values(conv, "weight"), 1 / 12.0);
    assertUniform(values(conv, "bias"), 1 / 12.0);
  }

  @Test
  void tablesAreStandardNormal() {
    float[] x = values(new Embedding(100, 200, random(3)), "weight");
    double sum = 0;
    double squares = 0;
    for (float v : x) {
      sum += v;
      squares += (double) v * v;
    }
    assertEquals(0, sum / x.length, 5 / Math.sqrt(x.length));
    assertEquals(1, squares / x.length, 5 * Math.sqrt(2.0 / x.length));
  }

  @Test
  void branchesStartAtZeroAndNormsAtOne() {
    BlockOptions options = new BlockOptions(16, 4, 1e-5f, 0f, true);
    ResBlock block = new ResBlock(8, 12, options, random(4));
    AttentionBlock attention =
        new AttentionBlock(8, 2, AttentionOp.Packing.HEAD_MAJOR, true, options, random(5));
    assertArrayEquals(new float[12 * 12 * 9], values(block, "out_layers.3.weight"));
    assertArrayEquals(new float[12], values(block, "out_layers.3.bias"));
    assertArrayEquals(new float[64], values(attention, "proj_out.weight"));
    assertArrayEquals(new float[8], values(attention, "proj_out.bias"));
    float[] ones = new float[8];
    Arrays.fill(ones, 1f);
    assertArrayEquals(ones, values(block, "in_layers.0.weight"));
    assertArrayEquals(new float[8], values(block, "in_layers.0.bias"));
    assertUniform(values(block, "skip_connection.weight"), 1 / Math.sqrt(8));
    assertUniform(values(block, "emb_layers.1.weight"), 0.25);
  }

  @Test
  void equalSeedsGiveEqualWeights() {
    float[] first = values(new Linear(7, 5, random(9)), "weight");
    assertArrayEquals(first, values(new Linear(7, 5, random(9)), "weight"));
    assertFalse(Arrays.equals(first, values(new Linear(7, 5, random(10)), "weight")));
  }
}
