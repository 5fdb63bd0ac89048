package ornstein.nn.unet;

import java.util.Arrays;
import java.util.List;

/** Collects the options of a {@link UNetConfig}; they are checked together at the end. */
public final class UNetConfigBuilder {
  private int inChannels = 3;
  private int outChannels = 3;
  private int modelChannels = 128;
  private int numResBlocks = 2;
  private List<Integer> attentionResolutions = List.of();
  private float dropout;
  private List<Integer> channelMult = List.of(1);
  private boolean convResample = true;
  private int numClasses;
  private int numHeads = 4;
  private int numHeadsUpsample;
  private boolean useScaleShiftNorm = true;
  private int groups = 32;
  private UNetStyle style = UNetStyle.IMPROVED_DDPM;

  UNetConfigBuilder() {}

  UNetConfigBuilder(UNetConfig from) {
    inChannels = from.inChannels();
    outChannels = from.outChannels();
    modelChannels = from.modelChannels();
    numResBlocks = from.numResBlocks();
    attentionResolutions = from.attentionResolutions();
    dropout = from.dropout();
    channelMult = from.channelMult();
    convResample = from.convResample();
    numClasses = from.numClasses();
    numHeads = from.numHeads();
    numHeadsUpsample = from.numHeadsUpsample();
    useScaleShiftNorm = from.useScaleShiftNorm();
    groups = from.groups();
    style = from.style();
  }

  /**
   * Sets the channels of input and output.
   *
   * @param channels both counts
   * @return this builder
   */
  public UNetConfigBuilder channels(int channels) {
    return channels(channels, channels);
  }

  /**
   * Sets the channels of input and output.
   *
   * @param in input channels
   * @param out output channels
   * @return this builder
   */
  public UNetConfigBuilder channels(int in, int out) {
    inChannels = in;
    outChannels = out;
    return this;
  }

  /**
   * Sets the channels that the levels multiply.
   *
   * @param value the count
   * @return this builder
   */
  public UNetConfigBuilder modelChannels(int value) {
    modelChannels = value;
    return this;
  }

  /**
   * Sets the residual blocks per level.
   *
   * @param value the count
   * @return this builder
   */
  public UNetConfigBuilder numResBlocks(int value) {
    numResBlocks = value;
    return this;
  }

  /**
   * Sets where attention is.
   *
   * @param factors downsampling factors of levels; none for attention in the middle only
   * @return this builder
   */
  public UNetConfigBuilder attentionResolutions(int... factors) {
    attentionResolutions = Arrays.stream(factors).boxed().toList();
    return this;
  }

  /**
   * Sets the dropout of residual blocks.
   *
   * @param probability in [0, 1)
   * @return this builder
   */
  public UNetConfigBuilder dropout(float probability) {
    dropout = probability;
    return this;
  }

  /**
   * Sets the levels.
   *
   * @param multiples channels of each level as multiples of the model channels
   * @return this builder
   */
  public UNetConfigBuilder channelMult(int... multiples) {
    channelMult = Arrays.stream(multiples).boxed().toList();
    return this;
  }

  /**
   * Sets whether resizing convolves.
   *
   * @param value false for plain averaging and repeating
   * @return this builder
   */
  public UNetConfigBuilder convResample(boolean value) {
    convResample = value;
    return this;
  }

  /**
   * Sets the classes.
   *
   * @param value number of classes, 0 for none
   * @return this builder
   */
  public UNetConfigBuilder numClasses(int value) {
    numClasses = value;
    return this;
  }

  /**
   * Sets the attention heads, on the way up too unless {@link #numHeadsUpsample} is set.
   *
   * @param value the count
   * @return this builder
   */
  public UNetConfigBuilder numHeads(int value) {
    numHeads = value;
    return this;
  }

  /**
   * Sets the attention heads on the way up.
   *
   * @param value the count; 0 and −1 mean as many as elsewhere
   * @return this builder
   */
  public UNetConfigBuilder numHeadsUpsample(int value) {
    numHeadsUpsample = value;
    return this;
  }

  /**
   * Sets how the embedding acts.
   *
   * @param value true to scale and shift, false to add
   * @return this builder
   */
  public UNetConfigBuilder useScaleShiftNorm(boolean value) {
    useScaleShiftNorm = value;
    return this;
  }

  /**
   * Sets the groups of normalisations.
   *
   * @param value a divisor of every level's channels
   * @return this builder
   */
  public UNetConfigBuilder groups(int value) {
    groups = value;
    return this;
  }

  /**
   * Sets what families of networks do differently.
   *
   * @param value the style
   * @return this builder
   */
  public UNetConfigBuilder style(UNetStyle value) {
    style = value;
    return this;
  }

  /**
   * Checks the options.
   *
   * @return the configuration
   * @throws IllegalArgumentException as {@link UNetConfig}'s constructor
   */
  public UNetConfig build() {
    boolean sameHeads = numHeadsUpsample == 0 || numHeadsUpsample == -1;
    return new UNetConfig(
        inChannels,
        outChannels,
        modelChannels,
        numResBlocks,
        attentionResolutions,
        dropout,
        channelMult,
        convResample,
        numClasses,
        numHeads,
        sameHeads ? numHeads : numHeadsUpsample,
        useScaleShiftNorm,
        groups,
        style);
  }
}
