package ornstein.diffusion.train;

import ornstein.engine.Shape;

/** What a {@link TrainingLoop} trains on, batch after batch, each a function of its step. */
public interface Batches {

  /**
   * The shape of a batch.
   *
   * @return [N, …]
   */
  Shape shape();

  /**
   * Whether samples have labels.
   *
   * @return whether {@link #fill} writes them
   */
  boolean labelled();

  /**
   * Writes a batch, into arrays that serve again.
   *
   * @param step the step, from 0
   * @param samples receives the batch, as many values as the shape has
   * @param labels receives N class numbers; empty without labels
   */
  void fill(long step, float[] samples, float[] labels);

  /**
   * What tells these batches from others: a run must not go on with other data than it began with.
   *
   * @return a text that is equal for equal data
   */
  String fingerprint();
}
