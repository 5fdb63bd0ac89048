package ornstein.nn.family;

import java.util.ArrayList;
import java.util.List;
import ornstein.nn.Weights;

/**
 * A network found among the tensors of a file.
 *
 * @param family whose it is
 * @param prefix what its tensors' names begin with there
 * @param weights its tensors, under the family's names
 */
public record FamilyWeights(Family family, String prefix, Weights weights) {
  /**
   * The item of ddim's lists that holds the averaged weights: [model, optimiser, epoch, step, ema].
   */
  private static final String DDIM_AVERAGE = "4.";

  private static final int MOST = 16;

  /**
   * The networks in a file, by the names that each family begins with.
   *
   * @param all the file's tensors
   * @return the networks; first those of averaged weights, which sample better
   * @throws IllegalArgumentException if there are more than 16
   */
  public static List<FamilyWeights> in(Weights all) {
    List<FamilyWeights> averaged = new ArrayList<>();
    List<FamilyWeights> others = new ArrayList<>();
    for (String name : all.names()) {
      for (Family family : Family.all()) {
        if (name.endsWith(family.signature())) {
          String prefix = name.substring(0, name.length() - family.signature().length());
          boolean whole = prefix.isEmpty() || prefix.endsWith(".");
          if (whole) {
            if (averaged.size() + others.size() == MOST) {
              throw new IllegalArgumentException(
                  "more than " + MOST + " networks are in one file; save the one that is meant");
            }
            boolean average =
                prefix.startsWith(DDIM_AVERAGE)
                    || prefix.startsWith("ema")
                    || prefix.contains(".ema");
            (average ? averaged : others).add(new FamilyWeights(family, prefix, all.under(prefix)));
          }
        }
      }
    }
    averaged.addAll(others);
    return List.copyOf(averaged);
  }

  /**
   * Whether it is a classifier instead of a denoiser.
   *
   * @return whether it has attention pooling in the place of a way up
   */
  public boolean isClassifier() {
    return weights.names().contains("out.2.positional_embedding");
  }
}
