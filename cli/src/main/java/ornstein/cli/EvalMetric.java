package ornstein.cli;

import java.util.Locale;

/** What can be measured. */
enum EvalMetric {
  /** The Fréchet distance. */
  FRECHET,
  /** The kernel distance. */
  KERNEL,
  /** Precision and recall. */
  PRECISION_RECALL,
  /** The inception score. */
  INCEPTION,
  /** Distances from training images. */
  MEMORISATION,
  /** Bits per value of images. */
  NLL,
  /** Images per second. */
  SPEED;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
