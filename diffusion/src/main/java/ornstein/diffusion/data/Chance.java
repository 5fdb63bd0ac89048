package ornstein.diffusion.data;

/**
 * Uniform random numbers for the images of a batch, each a function of its place: asked twice, it
 * is the same.
 */
@FunctionalInterface
public interface Chance {
  /**
   * A number.
   *
   * @param place the image's place in the batch, from 0
   * @param k which of the place's independent numbers, from 0; the first is for labels
   * @return a number in [0, 1)
   */
  double at(int place, int k);
}
