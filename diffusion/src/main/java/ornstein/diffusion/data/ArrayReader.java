package ornstein.diffusion.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.io.DType;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.Npy;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;

/**
 * NumPy's npz archives and npy files of uint8 (or bool) images {@code [N, H, W]} or {@code [N, H,
 * W, C]}. In an archive the images are called {@code arr_0}, {@code images}, {@code x} or {@code
 * x_train}, and labels {@code [N]} {@code arr_1}, {@code labels}, {@code y} or {@code y_train}.
 */
final class ArrayReader implements DatasetReader {
  private static final List<String> IMAGES = List.of("arr_0", "images", "x", "x_train");
  private static final List<String> LABELS = List.of("arr_1", "labels", "y", "y_train");

  // The arrays, their bytes and the images cut from them are in memory at the same time.
  private static final long MAX_BYTES = PixelBudget.LIMIT / 3;

  @Override
  public ImageDataset read(Path path, DatasetOptions options) throws IOException {
    if (isNpy(ByteSource.head(path, 6))) {
      return build(path, "the array", Npy.read(path), null, options);
    }
    Map<String, NpyArray> arrays = Npz.read(path, MAX_BYTES);
    String name = first(IMAGES, arrays);
    NpyArray images = arrays.get(name);
    if (images == null) {
      throw DatasetReader.bad(
          path,
          "holds no images: none of its arrays "
              + arrays.keySet()
              + " is called "
              + String.join(", ", IMAGES)
              + "; save them with numpy.savez(file, images=..., labels=...)");
    }
    boolean unlabelled = options.labels() == LabelChoice.NONE;
    NpyArray labels = unlabelled ? null : arrays.get(first(LABELS, arrays));
    return build(path, name, images, labels, options);
  }

  /** Whether a file that starts like this is a single npy array. */
  static boolean isNpy(byte[] head) {
    return head.length >= 6 && head[0] == (byte) 0x93 && head[1] == 'N' && head[2] == 'U';
  }

  /** The first of the names that is in the archive; the very first if none is. */
  private static String first(List<String> names, Map<String, NpyArray> arrays) {
    return names.stream().filter(arrays::containsKey).findFirst().orElse(names.get(0));
  }

  private static ImageDataset build(
      Path path, String name, NpyArray array, @Nullable NpyArray labels, DatasetOptions options)
      throws IOException {
    Shape shape = array.shape();
    checkShape(path, name, shape);
    if (array.dtype() != DType.U8 && array.dtype() != DType.BOOL) {
      throw bad(
          path,
          name,
          "has type "
              + array.dtype()
              + "; images must be uint8: scale them to 0..255 and save with"
              + " .astype('uint8')");
    }
    int[] numbers = labels == null ? new int[0] : labels(path, shape.dim(0), labels);
    int height = shape.dim(1);
    int width = shape.dim(2);
    int channels = shape.rank() == 4 ? shape.dim(3) : 1;
    int maxValue = array.dtype() == DType.BOOL ? 1 : 255;
    byte[] all = array.bytes();
    int stride = height * width * channels;
    MemoryImages.Builder builder =
        new MemoryImages.Builder(
            path, options.maxValue() > 0 ? options : options.withMaxValue(maxValue));
    for (int i = 0; i < shape.dim(0) && !builder.full(); i++) {
      byte[] pixels = Arrays.copyOfRange(all, i * stride, (i + 1) * stride);
      builder.add(height, width, channels, pixels);
    }
    return builder.build(
        numbers, numbers.length == 0 ? List.of() : MemoryImages.numberedClasses(path, numbers));
  }

  private static void checkShape(Path path, String name, Shape shape) throws IOException {
    if (shape.rank() != 3 && shape.rank() != 4) {
      throw bad(path, name, "has shape " + shape + "; images are [N, H, W] or [N, H, W, C]");
    }
    if (shape.size() == 0) {
      throw bad(path, name, "has shape " + shape + ", which holds no images");
    }
    if (shape.rank() == 4 && shape.dim(3) > 4) {
      throw bad(
          path,
          name,
          "has shape "
              + shape
              + ", so "
              + shape.dim(3)
              + " channels; 1 to 4 are supported"
              + (shape.dim(1) <= 4 ? ", last: use .transpose(0, 2, 3, 1)" : ""));
    }
  }

  private static int[] labels(Path path, int count, NpyArray array) throws IOException {
    if (array.shape().size() != count || array.shape().dim(0) != count) {
      throw DatasetReader.bad(
          path,
          "holds labels of shape "
              + array.shape()
              + " for "
              + count
              + " images; give one label for each, or read without labels");
    }
    long[] values = array.longs();
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (int) Math.clamp(values[i], -1L, MemoryImages.MAX_CLASSES);
    }
    return labels;
  }

  private static FormatException bad(Path path, String name, String problem) {
    return new FormatException(path.toString(), name, -1, problem);
  }
}
