package ornstein.diffusion.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A data set in two parts: images to train on, and images held back to measure with. Every image is
 * in one of them. Where there are labels, each class gives its share (stratified sampling, by
 * largest remainders). Which images are held back depends on their number, their labels and the
 * seed alone.
 *
 * @param training the larger part usually; a view of the whole set
 * @param validation the images held back; a view of the whole set
 */
public record DatasetSplit(ImageDataset training, ImageDataset validation) {

  /**
   * Splits a set.
   *
   * @param data the whole set; closing either part closes it
   * @param count how many images are held back, at least 1 and less than all
   * @param seed another one holds back other images
   * @return the parts, each in the order of the whole set
   * @throws IllegalArgumentException if the count is out of its range
   */
  public static DatasetSplit of(ImageDataset data, int count, long seed) {
    if (count < 1 || count >= data.size()) {
      throw new IllegalArgumentException(
          "of "
              + data.size()
              + " images "
              + count
              + " cannot be held back; at least 1 must be, and at least 1 left to train on");
    }
    int[][] members = byClass(data);
    int[] shares = shares(members, count, data.size());
    boolean[] held = new boolean[data.size()];
    for (int c = 0; c < members.length; c++) {
      if (shares[c] > 0) {
        BatchSampler order = new BatchSampler(members[c].length, shares[c], seed + c);
        for (int k : order.batch(0)) {
          held[members[c][k]] = true;
        }
      }
    }
    return new DatasetSplit(
        data.subset(IntStream.range(0, held.length).filter(i -> !held[i]).toArray()),
        data.subset(IntStream.range(0, held.length).filter(i -> held[i]).toArray()));
  }

  /**
   * Splits a set by a fraction.
   *
   * @param data the whole set; closing either part closes it
   * @param fraction part of the images that is held back, in (0, 1), rounded to whole images, to
   *     one at least
   * @param seed another one holds back other images
   * @return the parts, each in the order of the whole set
   * @throws IllegalArgumentException if the fraction is out of its range, or leaves nothing to
   *     train on
   */
  public static DatasetSplit ofFraction(ImageDataset data, double fraction, long seed) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException(
          "the part of the images to hold back must lie in (0, 1), got " + fraction);
    }
    return of(data, (int) Math.max(1, Math.round(fraction * data.size())), seed);
  }

  /** The positions of each class's images; one class of all without labels. */
  private static int[][] byClass(ImageDataset data) {
    List<List<Integer>> members = new ArrayList<>();
    for (int c = 0; c < Math.max(1, data.classes()); c++) {
      members.add(new ArrayList<>());
    }
    for (int i = 0; i < data.size(); i++) {
      members.get(Math.max(0, data.label(i))).add(i);
    }
    return members.stream()
        .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }

  /**
   * Of each class its share rounded down, and one more of those with the largest remainders, but
   * not the last image of a class as long as others have more.
   */
  private static int[] shares(int[][] members, int count, int size) {
    int[] shares = new int[members.length];
    int left = count;
    for (int c = 0; c < members.length; c++) {
      shares[c] = (int) ((long) members[c].length * count / size);
      left -= shares[c];
    }
    Integer[] order = new Integer[members.length];
    Arrays.setAll(order, c -> c);
    Arrays.sort(
        order, // stable: of equal remainders the first class
        Comparator.<Integer>comparingInt(c -> Math.max(0, 2 - (members[c].length - shares[c])))
            .thenComparingLong(c -> -((long) members[c].length * count % size)));
    for (int k = 0; k < left; k++) {
      shares[order[k]]++;
    }
    return shares;
  }
}
