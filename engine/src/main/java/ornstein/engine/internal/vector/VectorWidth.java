package ornstein.engine.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import ornstein.engine.internal.VectorBits;
import ornstein.engine.kernel.Kernels;

/** The width in use: the processor's preferred one, or that which a system property forces. */
public final class VectorWidth {
  /** The species of every vector. */
  public static final VectorSpecies<Float> SPECIES = species(VectorBits.forced());

  /** Elements of a vector. */
  public static final int LENGTH = SPECIES.length();

  /** Vectors that hold the {@link Kernels#LANES} virtual lanes of a reduction: 1, 2 or 4. */
  public static final int VECTORS = Kernels.LANES / LENGTH;

  private VectorWidth() {}

  private static VectorSpecies<Float> species(int forced) {
    int bits = forced == 0 ? FloatVector.SPECIES_PREFERRED.vectorBitSize() : forced;
    if (bits < 256) {
      return FloatVector.SPECIES_128;
    }
    return bits < 512 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_512;
  }
}
