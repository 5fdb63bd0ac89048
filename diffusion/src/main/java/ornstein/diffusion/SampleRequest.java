package ornstein.diffusion;

import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.schedule.TimestepSpacing;

/**
 * What to sample. Immutable; start from {@link #of} and change what differs.
 *
 * @param count number of images, at least 1
 * @param seed seed of all noise
 * @param labels class of each image, or one for all, or empty: every class equally often, in order
 * @param sampler how noise becomes an image
 * @param spacing which timesteps are visited, as {@link TimestepSpacing#parse} reads it: {@code ""}
 *     for all; null for {@value #DEFAULT_STEPS} spread evenly, or all of a shorter chain
 * @param thresholding what is done to predictions of clean data
 * @param guidanceScale scale of classifier-free guidance, f(x, ∅) + scale · (f(x, y) − f(x, ∅)): 1
 *     for none
 * @param height height in pixels, 0 for the training images'
 * @param width width in pixels, 0 for the training images'
 * @param batch images computed at once; memory grows with it, the result does not depend on it
 */
public record SampleRequest(
    int count,
    long seed,
    List<Integer> labels,
    Sampler sampler,
    @Nullable String spacing,
    Thresholding thresholding,
    double guidanceScale,
    int height,
    int width,
    int batch) {
  /** Timesteps visited where nothing else is asked for, in a chain that is not shorter. */
  public static final int DEFAULT_STEPS = 50;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if count or batch is below 1, a size is negative, the scale is
   *     not finite, or the number of labels is neither 0, 1 nor the count
   */
  public SampleRequest {
    labels = List.copyOf(labels);
    if (count < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "count and batch must be at least 1, got " + count + " and " + batch);
    }
    if (height < 0 || width < 0) {
      throw new IllegalArgumentException("image size " + height + "x" + width + " is negative");
    }
    if (!Double.isFinite(guidanceScale)) {
      throw new IllegalArgumentException(
          "the scale of guidance must be finite, got " + guidanceScale);
    }
    if (labels.size() > 1 && labels.size() != count) {
      throw new IllegalArgumentException(
          labels.size() + " labels for " + count + " images; give none, one, or one for each");
    }
  }

  /**
   * A request with the defaults: seed 0, DDIM with η = 0 in {@value #DEFAULT_STEPS} steps or as
   * many as the chain has, clipping, batches of 64.
   *
   * @param count number of images, at least 1
   * @return the request
   */
  public static SampleRequest of(int count) {
    return new SampleRequest(
        count, 0, List.of(), new DdimSampler(0), null, Thresholding.clip(), 1, 0, 0, 64);
  }

  /** The timesteps to visit. */
  TimestepSpacing timesteps() {
    return spacing == null ? TimestepSpacing.atMost(DEFAULT_STEPS) : TimestepSpacing.parse(spacing);
  }

  /**
   * The same with another seed.
   *
   * @param other any number
   * @return the changed request
   */
  public SampleRequest seed(long other) {
    return new SampleRequest(
        count, other, labels, sampler, spacing, thresholding, guidanceScale, height, width, batch);
  }

  /**
   * The same with classes.
   *
   * @param classes one class for all images, or one for each
   * @return the changed request
   */
  public SampleRequest labels(List<Integer> classes) {
    return new SampleRequest(
        count, seed, classes, sampler, spacing, thresholding, guidanceScale, height, width, batch);
  }

  /**
   * The same with one class for all images.
   *
   * @param label the class
   * @return the changed request
   */
  public SampleRequest label(int label) {
    return labels(List.of(label));
  }

  /**
   * The same with another sampler along other timesteps.
   *
   * @param other the sampler
   * @param timesteps their spacing: a number of equal sections, {@code ddimN}, sections {@code
   *     a,b,c}, or {@code ""} for all
   * @return the changed request
   */
  public SampleRequest sampler(Sampler other, String timesteps) {
    return new SampleRequest(
        count, seed, labels, other, timesteps, thresholding, guidanceScale, height, width, batch);
  }

  /**
   * The same sampler in another number of steps, spread evenly.
   *
   * @param steps number of steps
   * @return the changed request
   */
  public SampleRequest steps(int steps) {
    return sampler(sampler, Integer.toString(steps));
  }

  /**
   * The same with or without clipping.
   *
   * @param clipped whether predictions of clean data are clipped to [−1, 1]
   * @return the changed request
   */
  public SampleRequest clip(boolean clipped) {
    return thresholding(clipped ? Thresholding.clip() : Thresholding.none());
  }

  /**
   * The same with another treatment of predictions.
   *
   * @param other what is done to predictions of clean data
   * @return the changed request
   */
  public SampleRequest thresholding(Thresholding other) {
    return new SampleRequest(
        count, seed, labels, sampler, spacing, other, guidanceScale, height, width, batch);
  }

  /**
   * The same under classifier-free guidance.
   *
   * @param scale f(x, ∅) + scale · (f(x, y) − f(x, ∅)); 1 for none, 2 to 4 for clearer classes
   * @return the changed request
   */
  public SampleRequest guidance(double scale) {
    return new SampleRequest(
        count, seed, labels, sampler, spacing, thresholding, scale, height, width, batch);
  }

  /**
   * The same at another size; the network's levels must divide it.
   *
   * @param pixelHeight height in pixels, 0 for the training images'
   * @param pixelWidth width in pixels, 0 for the training images'
   * @return the changed request
   */
  public SampleRequest size(int pixelHeight, int pixelWidth) {
    return new SampleRequest(
        count,
        seed,
        labels,
        sampler,
        spacing,
        thresholding,
        guidanceScale,
        pixelHeight,
        pixelWidth,
        batch);
  }

  /**
   * The same computed in other portions.
   *
   * @param images images computed at once
   * @return the changed request
   */
  public SampleRequest batch(int images) {
    return new SampleRequest(
        count, seed, labels, sampler, spacing, thresholding, guidanceScale, height, width, images);
  }
}
