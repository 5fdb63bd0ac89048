package ornstein.diffusion.eval;

import java.util.List;
import ornstein.engine.Functional;
import ornstein.engine.Tensor;

/**
 * A network of the MobileNet family (Howard et al. 2017; Sandler et al. 2018, "MobileNetV2:
 * Inverted Residuals and Linear Bottlenecks"), to be evaluated only.
 *
 * @param blocks its blocks one after the other
 * @param weight of the last linear map [classes, features]
 * @param bias of the last linear map [classes]
 */
record MobileNet(List<Block> blocks, Tensor weight, Tensor bias) {

  /**
   * Convolutions one after the other.
   *
   * @param layers the convolutions
   * @param residual whether the input is added to the output
   */
  record Block(List<FoldedConvolution> layers, boolean residual) {
    Block {
      layers = List.copyOf(layers);
    }

    Tensor apply(Tensor x) {
      Tensor y = x;
      for (FoldedConvolution layer : layers) {
        y = layer.apply(y);
      }
      return residual ? y.add(x) : y;
    }
  }

  MobileNet {
    blocks = List.copyOf(blocks);
  }

  /** The mean over pixels of what the last block gives: [N, features] of images [N, H, W, 3]. */
  Tensor features(Tensor images) {
    Tensor x = images;
    for (Block block : blocks) {
      x = block.apply(x);
    }
    return x.mean(1, 2);
  }

  /** Probabilities [N, classes] of features. */
  Tensor probabilities(Tensor features) {
    return Functional.softmax(Functional.linear(features, weight, bias));
  }
}
