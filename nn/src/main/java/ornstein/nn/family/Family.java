package ornstein.nn.family;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ornstein.nn.StateDict;
import ornstein.nn.Weights;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetStyle;

/** A project whose U-Nets can be read and written. */
public final class Family {
  /** OpenAI's improved-diffusion and guided-diffusion. */
  public static final Family OPENAI =
      new Family("openai", "input_blocks.0.0.weight", new OpenAiNaming());

  /** The ddim project, and DDPM's first checkpoints converted for it. */
  public static final Family DDIM =
      new Family("ddim", "down.0.block.0.conv1.weight", new DdimNaming());

  /** Hugging Face's diffusers, UNet2DModel. */
  public static final Family DIFFUSERS =
      new Family("diffusers", "down_blocks.0.resnets.0.conv1.weight", new DiffusersNaming());

  private static final List<Family> ALL = List.of(OPENAI, DDIM, DIFFUSERS);

  private final String name;
  private final String signature;
  private final Naming naming;

  private Family(String name, String signature, Naming naming) {
    this.name = name;
    this.signature = signature;
    this.naming = naming;
  }

  /**
   * All families.
   *
   * @return an unmodifiable list
   */
  public static List<Family> all() {
    return ALL;
  }

  /**
   * The family of a name.
   *
   * @param name its name
   * @return the family
   * @throws IllegalArgumentException if the name is unknown
   */
  public static Family named(String name) {
    for (Family family : ALL) {
      if (family.name.equals(name)) {
        return family;
      }
    }
    throw new IllegalArgumentException("unknown family '" + name + "'; use one of " + ALL);
  }

  /** The name of a tensor that each of its networks has and no other family's. */
  String signature() {
    return signature;
  }

  /**
   * How the family names the tensors of a network.
   *
   * @param config the network's configuration
   * @return the map
   * @throws IllegalArgumentException if the family has no such networks
   */
  public NameMap names(UNetConfig config) {
    return naming.map(config);
  }

  /**
   * Builds a network from the family's weights.
   *
   * @param config its configuration
   * @param theirs the family's weights, all of them and nothing else
   * @return the network
   * @throws IllegalArgumentException if the family has no such networks
   * @throws ornstein.nn.StateDictException if the weights are not those of such a network
   */
  public UNet load(UNetConfig config, Weights theirs) {
    NameMap names = names(config);
    UNet model = UNet.zeros(config);
    names.fromFamily(theirs, model).loadInto(model);
    return model;
  }

  /**
   * A network as the family has it.
   *
   * @param config the configuration by which the family reads the weights back
   * @param weights the weights under the family's names, in its shapes
   */
  public record Exported(UNetConfig config, StateDict weights) {}

  /**
   * Gives a network the family's form. Queries, keys and values are put in another order where the
   * family has them apart.
   *
   * @param model the network
   * @return the same network as the family reads it
   * @throws IllegalArgumentException if the family has no such networks: it would read something
   *     else, and the message says what
   */
  public Exported export(UNet model) {
    UNet own = this == OPENAI ? model : QkvOrder.apart(model);
    StateDict weights = names(own.config()).toFamily(StateDict.of(own));
    UNetConfig wanted = canonical(own.config());
    UNetConfig read = canonical(readBack(own.config(), weights));
    Map<String, String> found = read.toMetadata();
    Map<String, String> differing = new LinkedHashMap<>();
    wanted
        .toMetadata()
        .forEach(
            (option, value) -> {
              if (!value.equals(found.get(option))) {
                differing.put(option, value);
              }
            });
    for (String option : found.keySet()) {
      if (!wanted.toMetadata().containsKey(option)) {
        differing.put(option, "improved DDPM's");
      }
    }
    if (!differing.isEmpty()) {
      throw new IllegalArgumentException(
          "the family " + name + " has no networks with " + differing + "; write another family");
    }
    return new Exported(read, weights);
  }

  /**
   * A network's weights as the family has them.
   *
   * @param model the network
   * @return its weights under the family's names, in its shapes
   * @throws IllegalArgumentException if the family has no such networks
   */
  public StateDict weights(UNet model) {
    return export(model).weights();
  }

  /** What the family takes the weights for. */
  private UNetConfig readBack(UNetConfig config, Weights weights) {
    if (this == DIFFUSERS) {
      return DiffusersConfig.read(DiffusersConfig.write(config, 1, 1));
    }
    if (this == DDIM) {
      return DdimConfig.of(weights);
    }
    UNetStyle style = config.style();
    return new OpenAiConfig(
            config.numHeads(),
            config.numHeadsUpsample(),
            style.numHeadChannels() == 0 ? -1 : style.numHeadChannels(),
            style.newAttentionOrder())
        .of(weights);
  }

  /** Without what weights do not depend on. */
  private static UNetConfig canonical(UNetConfig c) {
    boolean byChannels = c.style().numHeadChannels() > 0;
    return c.toBuilder()
        .dropout(0)
        .numHeads(byChannels ? 1 : c.numHeads())
        .numHeadsUpsample(byChannels ? 1 : c.numHeadsUpsample())
        .build();
  }

  /**
   * The family's name.
   *
   * @return a word
   */
  @Override
  public String toString() {
    return name;
  }
}
