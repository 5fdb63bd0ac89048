package ornstein.diffusion.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A data set held in memory, one array of bytes for each image. */
final class MemoryImages implements ImageDataset {
  /** More classes than this are taken for a mistake. */
  static final int MAX_CLASSES = 65_536;

  private final int height;
  private final int width;
  private final int channels;
  private final byte[][] images;
  private final int[] labels;
  private final List<String> classNames;
  private final UnitScale scale;

  private MemoryImages(PixelImage format, byte[][] images, int[] labels, List<String> classNames) {
    this.height = format.height;
    this.width = format.width;
    this.channels = format.channels;
    this.images = images;
    this.labels = labels;
    this.classNames = List.copyOf(classNames);
    this.scale = new UnitScale(format.maxValue);
  }

  @Override
  public int size() {
    return images.length;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public int classes() {
    return classNames.size();
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public int label(int i) {
    Objects.checkIndex(i, images.length);
    return labels.length == 0 ? -1 : labels[i];
  }

  @Override
  public void image(int i, float[] dst, int offset) {
    byte[] pixels = images[Objects.checkIndex(i, images.length)];
    Objects.checkFromIndexSize(offset, imageSize(), dst.length);
    scale.convert(pixels, dst, offset);
  }

  /** Checks and names numeric labels: "0", "1", … up to the greatest. */
  static List<String> numberedClasses(Path file, int[] labels) throws IOException {
    int greatest = -1;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= MAX_CLASSES) {
        throw DatasetReader.bad(
            file,
            "label "
                + labels[i]
                + " of image "
                + i
                + " is not in 0 to "
                + (MAX_CLASSES - 1)
                + "; number the classes from 0, or read without labels");
      }
      greatest = Math.max(greatest, labels[i]);
    }
    return IntStream.rangeClosed(0, greatest).mapToObj(Integer::toString).toList();
  }

  /** Collects images, brings each to the asked size and channels, and bounds the memory. */
  static final class Builder {
    private final Path file;
    private final DatasetOptions options;
    private final PixelBudget budget;
    private final List<byte[]> images = new ArrayList<>();
    private @Nullable PixelImage format;

    Builder(Path file, DatasetOptions options) {
      this.file = file;
      this.options = options;
      this.budget = new PixelBudget(file);
    }

    /** Whether the options' limit is reached. */
    boolean full() {
      return options.limit() > 0 && images.size() >= options.limit();
    }

    /** Adds an image whose white is the options' maximum value, 255 if they have none. */
    void add(int height, int width, int channels, byte[] pixels) throws IOException {
      int maxValue = options.maxValue() == 0 ? 255 : options.maxValue();
      add(new PixelImage(height, width, channels, maxValue, pixels));
    }

    /** Adds an image; all must be alike after the options have been applied. */
    void add(PixelImage image) throws IOException {
      checkLevels(image);
      PixelImage fitted = image.fitted(options.channels(), options.height(), options.width());
      budget.take(fitted.pixels.length);
      images.add(fitted.pixels);
      format = fitted;
    }

    private void checkLevels(PixelImage image) throws IOException {
      if (image.maxValue >= 255) {
        return; // every byte, or pair of bytes, is in range
      }
      for (byte pixel : image.pixels) {
        if ((pixel & 0xff) > image.maxValue) {
          throw DatasetReader.bad(
              file,
              "image "
                  + images.size()
                  + " holds the value "
                  + (pixel & 0xff)
                  + ", greater than the maximum of "
                  + image.maxValue
                  + " that was asked for; give the true maximum (255 for 8-bit images)");
        }
      }
    }

    /**
     * Finishes the data set.
     *
     * @param labels a label for each image added, possibly followed by those beyond the limit;
     *     empty for none
     */
    ImageDataset build(int[] labels, List<String> classNames) throws IOException {
      PixelImage last = format;
      if (last == null) {
        throw DatasetReader.bad(file, "holds no images; give a file with at least one");
      }
      int[] kept = labels.length == 0 ? labels : Arrays.copyOf(labels, images.size());
      return new MemoryImages(last, images.toArray(byte[][]::new), kept, classNames);
    }
  }
}
