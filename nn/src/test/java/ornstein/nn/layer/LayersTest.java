package ornstein.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.op.AttentionOp;
import ornstein.nn.Initializer;
import ornstein.nn.StateDict;

class LayersTest {
  private static final BlockOptions OPTIONS = new BlockOptions(6, 2, 1e-5f, 0f, true);

  private static Initializer random() {
    return Initializer.random(Rng.of(1));
  }

  @Test
  void linearMultipliesByTheTransposedWeight() {
    Linear linear = new Linear(2, 3, Initializer.zeros());
    new StateDict()
        .put("weight", Shape.of(3, 2), new float[] {1, 2, 3, 4, 5, 6})
        .put("bias", Shape.of(3), new float[] {0.5f, 0, -0.5f})
        .loadInto(linear);
    Tensor y = linear.forward(Tensor.of(new float[] {10, 1}, 1, 2));
    assertArrayEquals(new float[] {12.5f, 34, 55.5f}, y.toArray());
  }

  @Test
  void convolutionTakesCheckpointsWithOutputChannelsFirst() {
    Conv2d conv = new Conv2d(1, 2, 3, 1, 1, Initializer.zeros());
    float[] weight = new float[18];
    weight[3] = 1; // channel 0: the pixel to the left
    weight[9 + 7] = 1; // channel 1: the pixel below
    new StateDict()
        .put("weight", Shape.of(2, 1, 3, 3), weight)
        .put("bias", Shape.of(2), new float[] {0, 100})
        .loadInto(conv);
    Tensor y = conv.forward(Tensor.of(new float[] {1, 2, 3, 4}, 1, 2, 2, 1));
    assertEquals(Shape.of(1, 2, 2, 2), y.shape());
    assertArrayEquals(new float[] {0, 103, 1, 104, 0, 100, 3, 100}, y.toArray());
  }

  @Test
  void embeddingLooksUpRows() {
    Embedding table = new Embedding(3, 2, Initializer.zeros());
    new StateDict().put("weight", Shape.of(3, 2), new float[] {1, 2, 3, 4, 5, 6}).loadInto(table);
    assertArrayEquals(
        new float[] {5, 6, 1, 2}, table.forward(Tensor.of(new float[] {2, 0})).toArray());
    assertThrows(IndexOutOfBoundsException.class, () -> table.forward(Tensor.of(new float[] {3})));
  }

  @Test
  void resamplingHalvesAndDoubles() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 6, 10, 20, 30, 40}, 1, 2, 4, 1);
    Tensor pooled = new Downsample(1, false, false, random()).forward(x);
    assertArrayEquals(new float[] {8.25f, 19.75f}, pooled.toArray());
    Tensor repeated = new Upsample(1, false, random()).forward(pooled);
    assertArrayEquals(
        new float[] {8.25f, 8.25f, 19.75f, 19.75f, 8.25f, 8.25f, 19.75f, 19.75f},
        repeated.toArray());
    Downsample strided = new Downsample(3, true, false, random());
    assertEquals(Shape.of(1, 2, 3, 3), strided.forward(Tensor.zeros(1, 4, 6, 3)).shape());
    assertEquals(List.of("op.weight", "op.bias"), names(strided));
    Upsample convolved = new Upsample(3, true, random());
    assertEquals(Shape.of(1, 8, 12, 3), convolved.forward(Tensor.zeros(1, 4, 6, 3)).shape());
    assertEquals(List.of("conv.weight", "conv.bias"), names(convolved));
    assertEquals(List.of(), names(new Upsample(3, false, random())));
  }

  private static List<String> names(ornstein.nn.Module module) {
    return List.copyOf(module.namedParameters().keySet());
  }

  @Test
  void freshBlocksPassTheirInputThrough() {
    Tensor x = Rng.of(5).normal(Shape.of(2, 3, 5, 4));
    Tensor embedding = Rng.of(6).normal(Shape.of(2, 6));
    ResBlock block = new ResBlock(4, 4, OPTIONS, random());
    assertArrayEquals(x.toArray(), block.forward(x, embedding).toArray());
    AttentionBlock attention =
        new AttentionBlock(4, 2, AttentionOp.Packing.HEAD_MAJOR, true, OPTIONS, random());
    assertArrayEquals(x.toArray(), attention.forward(x).toArray());
  }

  @Test
  void onlyChangingChannelsNeedASkipConnection() {
    List<String> same = names(new ResBlock(4, 4, OPTIONS, random()));
    List<String> wider = names(new ResBlock(4, 6, OPTIONS, random()));
    assertFalse(same.contains("skip_connection.weight"));
    assertTrue(wider.contains("skip_connection.weight"));
    Tensor y =
        new ResBlock(4, 6, OPTIONS, random()).forward(Tensor.zeros(2, 3, 5, 4), Tensor.zeros(2, 6));
    assertEquals(Shape.of(2, 3, 5, 6), y.shape());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEmptyBatchStaysEmpty(boolean scaleShift) {
    BlockOptions options = new BlockOptions(6, 2, 1e-5f, 0f, scaleShift);
    ResBlock block = new ResBlock(4, 6, options, random());
    Tensor y = block.forward(Tensor.zeros(0, 3, 5, 4), Tensor.zeros(0, 6));
    assertEquals(Shape.of(0, 3, 5, 6), y.shape());
  }

  @Test
  void dropoutActsInTrainingOnly() {
    Dropout dropout = new Dropout(0.25f);
    Tensor x = Tensor.full(Shape.of(10_000), 1f);
    assertSame(x, dropout.forward(x));
    float[] y = Dropout.training(Rng.of(3), () -> dropout.forward(x)).toArray();
    int zeros = 0;
    for (float v : y) {
      assertTrue(v == 0f || v == 1f / 0.75f, "kept elements are divided by 1 - p: " + v);
      zeros += v == 0f ? 1 : 0;
    }
    assertEquals(2500, zeros, 5 * Math.sqrt(10_000 * 0.25 * 0.75));
    assertArrayEquals(y, Dropout.training(Rng.of(3), () -> dropout.forward(x)).toArray());
    float[] other = Dropout.training(Rng.of(4), () -> dropout.forward(x)).toArray();
    assertFalse(Arrays.equals(y, other));
    assertSame(x, dropout.forward(x));
  }

  @Test
  void layersInOneTrainingScopeDrawDifferentMasks() {
    Dropout dropout = new Dropout(0.5f);
    Tensor x = Tensor.full(Shape.of(1000), 1f);
    List<Tensor> masks =
        Dropout.training(Rng.of(3), () -> List.of(dropout.forward(x), dropout.forward(x)));
    assertFalse(Arrays.equals(masks.get(0).toArray(), masks.get(1).toArray()));
  }

  @Test
  void argumentsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new Dropout(1f));
    assertThrows(IllegalArgumentException.class, () -> new Dropout(Float.NaN));
    assertThrows(IllegalArgumentException.class, () -> new GroupNorm(3, 8, 1e-5f));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AttentionBlock(4, 3, AttentionOp.Packing.HEAD_MAJOR, true, OPTIONS, random()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AttentionBlock(4, 2, AttentionOp.Packing.SEPARATE, true, OPTIONS, random()));
  }
}
