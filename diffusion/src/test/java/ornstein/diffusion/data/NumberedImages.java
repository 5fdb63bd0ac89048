package ornstein.diffusion.data;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Images whose values tell which they are: value k of image i is {@code 1000 i + k}; labels go
 * round.
 */
record NumberedImages(int size, int height, int width, int channels, int classes)
    implements ImageDataset {
  @Override
  public List<String> classNames() {
    return IntStream.range(0, classes).mapToObj(c -> "class " + c).toList();
  }

  @Override
  public int label(int i) {
    Objects.checkIndex(i, size);
    return classes == 0 ? -1 : i * i % classes;
  }

  @Override
  public void image(int i, float[] dst, int offset) {
    Objects.checkIndex(i, size);
    for (int k = 0; k < imageSize(); k++) {
      dst[offset + k] = 1000 * i + k;
    }
  }
}
