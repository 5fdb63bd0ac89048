package ornstein.diffusion.pretrained;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.zip.CRC32;
import ornstein.engine.Shape;
import ornstein.nn.Module;
import ornstein.nn.StateDict;
import ornstein.nn.Weights;

/**
 * Weights that any program can compute again from a tensor's name and shape, so that a comparison
 * with another implementation needs to keep nothing but inputs and outputs: the script beside the
 * reference files does the same.
 */
public final class PatternWeights {
  private PatternWeights() {}

  /**
   * Numbers of a name.
   *
   * @param name the name
   * @param count how many
   * @return numbers in [−1, 1)
   */
  public static float[] pattern(String name, int count) {
    int seed = seed(name);
    float[] values = new float[count];
    for (int k = 0; k < count; k++) {
      values[k] = (float) uniform(seed, k);
    }
    return values;
  }

  /**
   * All parameters of a network, in the layouts of its checkpoints.
   *
   * @param module the network
   * @return weights under its names
   */
  public static StateDict of(Module module) {
    return like(StateDict.of(module));
  }

  /**
   * Weights of given names and shapes.
   *
   * @param weights the names and shapes
   * @return patterns in their places
   */
  public static StateDict like(Weights weights) {
    StateDict state = new StateDict();
    for (String name : weights.names()) {
      state.put(name, weights.shape(name), weight(name, weights.shape(name)));
    }
    return state;
  }

  private static float[] weight(String name, Shape shape) {
    int seed = seed(name);
    int count = shape.size();
    boolean vector = shape.rank() == 1;
    double scale = vector ? 0.3 : Math.sqrt(3.0 * shape.dim(0) / count);
    double shift = vector && name.endsWith("weight") ? 1 : 0;
    float[] values = new float[count];
    for (int k = 0; k < count; k++) {
      values[k] = (float) (shift + uniform(seed, k) * scale);
    }
    return values;
  }

  private static int seed(String name) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(UTF_8));
    return (int) crc.getValue();
  }

  private static double uniform(int seed, int k) {
    int h = seed + k * 0x9E3779B1;
    h ^= h >>> 16;
    h *= 0x85EBCA6B;
    h ^= h >>> 13;
    h *= 0xC2B2AE35;
    h ^= h >>> 16;
    return Integer.toUnsignedLong(h) * 0x1p-31 - 1;
  }
}
