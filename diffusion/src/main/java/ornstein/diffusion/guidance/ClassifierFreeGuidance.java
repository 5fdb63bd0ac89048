package ornstein.diffusion.guidance;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.Denoiser;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/**
 * A network guided without a classifier: (1+w) f(x, y) − w f(x, ∅), of a network that was trained
 * with labels and, now and then, with the label ∅ for none (Ho and Salimans 2022, "Classifier-Free
 * Diffusion Guidance", equation 6). Because every parameterisation is affine in every other, the
 * combination may be of any; what a network says of its variance is taken from f(x, y).
 */
public final class ClassifierFreeGuidance implements Denoiser {
  private final Denoiser network;
  private final float weight;
  private final int nullLabel;
  private final float rescale;

  private ClassifierFreeGuidance(Denoiser network, double weight, int nullLabel, double rescale) {
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException("the weight of guidance must be finite, got " + weight);
    }
    if (!(rescale >= 0 && rescale <= 1)) {
      throw new IllegalArgumentException("rescale must lie between 0 and 1, got " + rescale);
    }
    this.network = network;
    this.weight = (float) weight;
    this.nullLabel = nullLabel;
    this.rescale = (float) rescale;
  }

  /**
   * Guidance in the paper's convention.
   *
   * @param network the network
   * @param weight w: 0 leaves the conditional network, −1 makes it the unconditional
   * @param nullLabel the number of the label ∅
   * @return the guided network
   * @throws IllegalArgumentException if the weight is not finite
   */
  public static ClassifierFreeGuidance ofWeight(Denoiser network, double weight, int nullLabel) {
    return new ClassifierFreeGuidance(network, weight, nullLabel, 0);
  }

  /**
   * Guidance in the convention of most programs: f(x, ∅) + scale · (f(x, y) − f(x, ∅)).
   *
   * @param network the network
   * @param scale 1 + w: 1 leaves the conditional network, 0 makes it the unconditional
   * @param nullLabel the number of the label ∅
   * @return the guided network
   * @throws IllegalArgumentException if the scale is not finite
   */
  public static ClassifierFreeGuidance ofScale(Denoiser network, double scale, int nullLabel) {
    return ofWeight(network, scale - 1, nullLabel);
  }

  /**
   * The same, brought back towards the contrast of the conditional output (Lin et al. 2024, "Common
   * Diffusion Noise Schedules and Sample Steps are Flawed", equations 15 and 16): each sample's
   * output times φ σ(conditional)/σ(guided) + 1 − φ.
   *
   * @param phi φ, from 0 (not at all) to 1; the paper has 0.7
   * @return the changed network
   * @throws IllegalArgumentException if φ is outside [0, 1]
   */
  public ClassifierFreeGuidance rescaled(double phi) {
    return new ClassifierFreeGuidance(network, weight, nullLabel, phi);
  }

  @Override
  public boolean isRecordable() {
    return network.isRecordable();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if there are no labels
   */
  @Override
  public Tensor predict(Tensor x, Tensor time, @Nullable Tensor labels) {
    if (labels == null) {
      throw new IllegalArgumentException("classifier-free guidance needs labels to guide towards");
    }
    int n = x.shape().dim(0);
    // One batch of both: layers are evaluated once.
    Tensor both =
        network.predict(
            Tensor.concat(0, List.of(x, x)),
            Tensor.concat(0, List.of(time, time)),
            Tensor.concat(0, List.of(labels, Tensor.full(labels.shape(), nullLabel))));
    Tensor conditional = both.slice(0, 0, n);
    Tensor unconditional = both.slice(0, n, 2 * n);
    int axis = x.shape().rank() - 1;
    int channels = x.shape().dim(axis);
    int said = conditional.shape().dim(axis);
    if (said == channels) {
      return guided(conditional, unconditional);
    }
    Tensor values =
        guided(conditional.slice(axis, 0, channels), unconditional.slice(axis, 0, channels));
    return Tensor.concat(axis, List.of(values, conditional.slice(axis, channels, said)));
  }

  private Tensor guided(Tensor conditional, Tensor unconditional) {
    Tensor guided = conditional.add(conditional.sub(unconditional).mul(weight));
    if (rescale == 0) {
      return guided;
    }
    Tensor ratio = deviation(conditional).div(deviation(guided));
    return guided.mul(ratio.affine(rescale, 1 - rescale));
  }

  /** The standard deviation of each sample, in a shape that broadcasts over it. */
  private static Tensor deviation(Tensor x) {
    int n = x.shape().dim(0);
    Tensor flat = x.reshape(n, -1);
    Tensor centred = flat.sub(flat.mean(1).reshape(n, 1));
    int[] dims = x.shape().dims();
    Arrays.fill(dims, 1, dims.length, 1);
    return centred.square().mean(1).sqrt().reshape(Shape.of(dims));
  }
}
