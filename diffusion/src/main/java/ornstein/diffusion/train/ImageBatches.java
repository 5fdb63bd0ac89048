package ornstein.diffusion.train;

import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.BatchSampler;
import ornstein.diffusion.data.ImageDataset;
import ornstein.engine.Shape;

/**
 * Batches of a set of images, every epoch in another order, some of them without their class. The
 * set is told of the batches to come, so that one that reads files does so meanwhile.
 */
final class ImageBatches implements Batches {
  /** Batches that are read ahead: the next, and one more so that a slow file delays nothing. */
  private static final int AHEAD = 2;

  private final ImageDataset data;
  private final BatchSampler order;
  private final boolean labelled;
  private final double labelDropout;
  private final int[] batch;
  private final int[] later;
  private @Nullable String fingerprint;

  /**
   * Batches.
   *
   * @param labelDropout part of the images whose label is the number after the last class
   */
  ImageBatches(ImageDataset data, BatchSampler order, boolean labelled, double labelDropout) {
    this.labelDropout = labelDropout;
    this.data = data;
    this.order = order;
    this.labelled = labelled;
    this.batch = new int[order.batchSize()];
    this.later = new int[order.batchSize()];
  }

  @Override
  public Shape shape() {
    return Shape.of(order.batchSize(), data.height(), data.width(), data.channels());
  }

  @Override
  public boolean labelled() {
    return labelled;
  }

  @Override
  public void fill(long step, float[] samples, float[] labels) {
    order.batch(step, batch);
    data.images(batch, (place, k) -> order.chance(step, place, k), samples);
    for (int k = 1; k <= AHEAD; k++) {
      order.batch(step + k, later);
      data.prefetch(later);
    }
    for (int i = 0; i < labels.length; i++) {
      boolean dropped = labelDropout > 0 && order.chance(step, i) < labelDropout;
      labels[i] = dropped ? data.classes() : data.label(batch[i]);
    }
  }

  @Override
  public String fingerprint() {
    if (fingerprint == null) {
      fingerprint = data.fingerprint();
    }
    return fingerprint;
  }
}
