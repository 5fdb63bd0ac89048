package ornstein.diffusion.data;

import java.util.List;

/**
 * A set that shows another's images otherwise: what a view does not say itself is the other's.
 * Closing it closes the other.
 */
interface ImageView extends ImageDataset {
  /** The set that is shown. */
  ImageDataset all();

  @Override
  default int size() {
    return all().size();
  }

  @Override
  default int height() {
    return all().height();
  }

  @Override
  default int width() {
    return all().width();
  }

  @Override
  default int channels() {
    return all().channels();
  }

  @Override
  default int classes() {
    return all().classes();
  }

  @Override
  default List<String> classNames() {
    return all().classNames();
  }

  @Override
  default int label(int i) {
    return all().label(i);
  }

  @Override
  default void prefetch(int[] indices) {
    all().prefetch(indices);
  }

  @Override
  default void close() {
    all().close();
  }
}
