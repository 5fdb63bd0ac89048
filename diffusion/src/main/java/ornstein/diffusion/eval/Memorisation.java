package ornstein.diffusion.eval;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.EvenPositions;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;

/**
 * Whether samples repeat training images, by their distances in pixels.
 *
 * @param nearest the nearest training image of each sample
 * @param copied for each sample whether it is a copy: nearer to its training image than {@value
 *     #COPY} times the mean distance of that image from its {@value #NEIGHBOURS} nearest neighbours
 *     in the training data (Carlini et al. 2023, "Extracting Training Data from Diffusion Models",
 *     section 5.1)
 * @param heldOut the comparison with images held back; null without such images
 */
public record Memorisation(
    List<NearestNeighbours> nearest, List<Boolean> copied, @Nullable HeldOut heldOut) {
  /** α in the paper. */
  public static final double COPY = 0.5;

  /** n in the paper. */
  public static final int NEIGHBOURS = 50;

  /**
   * How near samples are to training images, measured by images that the model has never seen.
   *
   * @param ratio the mean distance of samples from their nearest training images over that of
   *     held-out images from theirs: about 1 for a model that generalises, near 0 for one that
   *     repeats; NaN if these held-out images are all among the training images
   * @param copies number of held-out images that would count as copies, by chance
   * @param of number of held-out images of which these are
   */
  public record HeldOut(double ratio, int copies, int of) {}

  /** Copies the lists. */
  public Memorisation {
    nearest = List.copyOf(nearest);
    copied = List.copyOf(copied);
  }

  /**
   * Searches.
   *
   * @param samples the samples
   * @param training what the model was trained on, at least 2 images of the samples' size
   * @param held images that it was not trained on, of the samples' size, of which as many as there
   *     are samples are looked at, at even distances; null if there are none
   * @param progress is told the share that is done, in thousandths; false ends the search
   * @return what was found
   * @throws IllegalArgumentException if sizes or channels differ, or there are too few images
   * @throws java.util.concurrent.CancellationException if the progress said so
   */
  public static Memorisation of(
      Images samples, ImageDataset training, @Nullable ImageDataset held, IntPredicate progress) {
    Passes work = new Passes((held == null ? 2L : 4L) * training.size(), progress);
    List<NearestNeighbours> nearest = work.nearest(samples, training);
    List<Boolean> copied = copied(nearest, training, work);
    if (held == null) {
      return new Memorisation(nearest, copied, null);
    }
    // Both search all training images: the nearest of more images is nearer.
    int some = Math.min(held.size(), samples.count());
    Images others = Images.of(held, EvenPositions.of(held.size(), some));
    List<NearestNeighbours> usual = work.nearest(others, training);
    int copies = (int) copied(usual, training, work).stream().filter(c -> c).count();
    double distance = meanDistance(usual);
    double ratio = distance == 0 ? Double.NaN : meanDistance(nearest) / distance;
    return new Memorisation(nearest, copied, new HeldOut(ratio, copies, some));
  }

  private static List<Boolean> copied(
      List<NearestNeighbours> nearest, ImageDataset training, Passes work) {
    int[] found = nearest.stream().mapToInt(NearestNeighbours::nearest).distinct().toArray();
    double[] usual = work.meanDistances(training, found);
    Map<Integer, Double> usualOf = new HashMap<>();
    for (int i = 0; i < found.length; i++) {
      usualOf.put(found[i], usual[i]);
    }
    return nearest.stream()
        .map(n -> n.distance() == 0 || n.distance() < COPY * usualOf.getOrDefault(n.nearest(), 0.0))
        .toList();
  }

  /** Searches one after the other, with one progress. */
  private static final class Passes {
    private final long all;
    private final IntPredicate progress;
    private long before;

    Passes(long all, IntPredicate progress) {
      this.all = all;
      this.progress = progress;
    }

    List<NearestNeighbours> nearest(Images images, ImageDataset data) {
      List<NearestNeighbours> found = PixelNeighbours.nearest(images, data, this::advanced);
      before += data.size();
      return found;
    }

    double[] meanDistances(ImageDataset data, int[] which) {
      double[] found = PixelNeighbours.meanDistances(data, which, NEIGHBOURS, this::advanced);
      before += data.size();
      return found;
    }

    private boolean advanced(int done) {
      return progress.test((int) (1000 * (before + done) / all));
    }
  }

  private static double meanDistance(List<NearestNeighbours> nearest) {
    double sum = 0;
    for (NearestNeighbours neighbour : nearest) {
      sum += neighbour.distance();
    }
    return sum / nearest.size();
  }

  /**
   * Number of copies.
   *
   * @return from 0 to the number of samples
   */
  public int copies() {
    return (int) copied.stream().filter(c -> c).count();
  }

  /**
   * The mean over samples of the distance from the nearest training image over that from the next.
   *
   * @return from 0, where all samples are copies, to 1
   */
  public double meanRatio() {
    return nearest.stream().mapToDouble(NearestNeighbours::ratio).sum() / nearest.size();
  }
}
