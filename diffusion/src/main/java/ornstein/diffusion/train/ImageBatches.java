package ornstein.diffusion.train;

import ornstein.diffusion.data.BatchSampler;
import ornstein.diffusion.data.ImageDataset;
import ornstein.engine.Shape;

/** Batches of a set of images, every epoch in another order, some of them without their class. */
final class ImageBatches implements Batches {
  private final ImageDataset data;
  private final BatchSampler order;
  private final boolean labelled;
  private final double labelDropout;
  private final int[] batch;

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
    data.images(batch, samples);
    for (int i = 0; i < labels.length; i++) {
      boolean dropped = labelDropout > 0 && order.chance(step, i) < labelDropout;
      labels[i] = dropped ? data.classes() : data.label(batch[i]);
    }
  }
}
