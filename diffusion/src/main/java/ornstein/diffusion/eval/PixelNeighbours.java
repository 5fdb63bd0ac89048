package ornstein.diffusion.eval;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;

/**
 * Looks for images that are nearest to others in pixels: √ Σ (a − b)² over their 8-bit values.
 * Those to search are read in batches, so they may lie in files.
 */
public final class PixelNeighbours {
  private static final int BATCH = 256;

  /** Squares of differences of so many 8-bit values still fit into an int. */
  private static final int MOST_VALUES = 1 << 15;

  private PixelNeighbours() {}

  /**
   * The nearest image of some data for each of some images.
   *
   * @param images what to look for
   * @param data where, at least 2 images of the same size and channels
   * @param progress is told how many images of the data are done; false ends the search
   * @return an entry for each image, in order, distances in 8-bit values
   * @throws IllegalArgumentException if sizes or channels differ, or there is too little data
   * @throws java.util.concurrent.CancellationException if the progress said so
   */
  public static List<NearestNeighbours> nearest(
      Images images, ImageDataset data, IntPredicate progress) {
    if (data.size() < 2) {
      throw new IllegalArgumentException("at least 2 items of data are needed");
    }
    Search search = new Search(images, 2, null);
    search.through(data, progress);
    return IntStream.range(0, images.count())
        .mapToObj(
            i -> {
              long first = search.best[i][0];
              long second = search.best[i][1];
              double ratio = first == 0 ? 0 : Math.sqrt((double) first / second);
              return new NearestNeighbours(i, search.nearest[i], Math.sqrt((double) first), ratio);
            })
        .toList();
  }

  /**
   * How far images of some data are from their neighbours in it.
   *
   * @param data the data
   * @param which positions in it
   * @param neighbours how many neighbours, at least 1; fewer if the data has not as many
   * @param progress is told how many images of the data are done; false ends the search
   * @return for each position the mean distance to its neighbours, itself left out, in 8-bit values
   * @throws IllegalArgumentException if the data has fewer than 2 images, or no neighbour is wanted
   * @throws java.util.concurrent.CancellationException if the progress said so
   */
  public static double[] meanDistances(
      ImageDataset data, int[] which, int neighbours, IntPredicate progress) {
    if (data.size() < 2 || neighbours < 1) {
      throw new IllegalArgumentException(
          neighbours + " neighbours among " + data.size() + " images are none");
    }
    int k = Math.min(neighbours, data.size() - 1);
    Search search = new Search(Images.of(data, which), k, which);
    search.through(data, progress);
    return Arrays.stream(search.best)
        .mapToDouble(best -> Arrays.stream(best).mapToDouble(Math::sqrt).sum() / k)
        .toArray();
  }

  /** The k least squared distances of each image, in ascending order. */
  private static final class Search {
    private final int[][] images;
    private final int[] self;
    private final long[][] best;
    private final int[] nearest;

    /**
     * Prepares a search.
     *
     * @param self positions in the data that are left out, one for each image; null for none
     */
    Search(Images images, int k, int @Nullable [] self) {
      this.images = rows(images);
      this.self = self == null ? filled(images.count()) : self;
      this.best = new long[images.count()][k];
      for (long[] row : best) {
        Arrays.fill(row, Long.MAX_VALUE);
      }
      this.nearest = filled(images.count());
    }

    private static int[] filled(int count) {
      int[] none = new int[count];
      Arrays.fill(none, -1);
      return none;
    }

    private static int[][] rows(Images images) {
      byte[] pixels = images.pixels();
      int each = pixels.length / images.count();
      int[][] rows = new int[images.count()][each];
      for (int i = 0; i < pixels.length; i++) {
        rows[i / each][i % each] = pixels[i] & 0xff;
      }
      return rows;
    }

    void through(ImageDataset data, IntPredicate progress) {
      if (data.imageSize() != images[0].length) {
        throw new IllegalArgumentException(
            "images of "
                + images[0].length
                + " values cannot be compared with data of "
                + data.imageSize());
      }
      for (int first = 0; first < data.size(); first += BATCH) {
        int at = first;
        int n = Math.min(BATCH, data.size() - first);
        int[][] batch = rows(Images.of(data, IntStream.range(first, first + n).toArray()));
        IntStream.range(0, images.length).parallel().forEach(i -> compare(i, at, batch));
        if (!progress.test(first + n)) {
          throw new CancellationException("the search was ended");
        }
      }
    }

    private void compare(int i, int first, int[][] batch) {
      long[] least = best[i];
      for (int j = 0; j < batch.length; j++) {
        if (first + j == self[i]) {
          continue;
        }
        long distance = squaredDistance(images[i], batch[j]);
        if (distance < least[0]) {
          nearest[i] = first + j;
        }
        int place = least.length - 1;
        if (distance >= least[place]) {
          continue;
        }
        for (; place > 0 && least[place - 1] > distance; place--) {
          least[place] = least[place - 1];
        }
        least[place] = distance;
      }
    }

    private static long squaredDistance(int[] a, int[] b) {
      long sum = 0;
      for (int from = 0; from < a.length; from += MOST_VALUES) {
        int to = Math.min(a.length, from + MOST_VALUES);
        int part = 0;
        for (int k = from; k < to; k++) {
          int off = a[k] - b[k];
          part += off * off;
        }
        sum += part;
      }
      return sum;
    }
  }
}
