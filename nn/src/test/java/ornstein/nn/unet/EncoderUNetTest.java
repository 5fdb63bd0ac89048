package ornstein.nn.unet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;

class EncoderUNetTest {
  private static final UNetConfig CONFIG =
      UNetConfig.builder()
          .channels(3, 5)
          .modelChannels(32)
          .numResBlocks(1)
          .channelMult(1, 2)
          .attentionResolutions(2)
          .numHeads(4)
          .build();

  private static EncoderUNet model() {
    return new EncoderUNet(CONFIG, 8, 8, Rng.of(0));
  }

  @Test
  void parametersAreCountedWithoutBuildingIt() {
    assertEquals(model().parameterCount(), EncoderUNet.parameterCount(CONFIG, 8, 8));
    EncoderUNet wide = new EncoderUNet(CONFIG, 4, 10, Rng.of(1));
    assertEquals(wide.parameterCount(), EncoderUNet.parameterCount(CONFIG, 4, 10));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    EncoderUNet model = model();
    Tensor t = Tensor.zeros(1);
    assertThrows(ShapeException.class, () -> model.forward(Tensor.zeros(1, 8, 10, 3), t));
    assertThrows(ShapeException.class, () -> model.forward(Tensor.zeros(1, 8, 8, 1), t));
    assertEquals(Shape.of(1, 5), model.forward(Tensor.zeros(1, 8, 8, 3), t).shape());
    assertThrows(ShapeException.class, () -> new EncoderUNet(CONFIG, 7, 8, Rng.of(0)));
    UNetConfig told = CONFIG.toBuilder().numClasses(2).build();
    assertThrows(IllegalArgumentException.class, () -> new EncoderUNet(told, 8, 8, Rng.of(0)));
  }
}
