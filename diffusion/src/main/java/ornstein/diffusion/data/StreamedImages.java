package ornstein.diffusion.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.Future;

/**
 * Pictures that stay in their files. Those asked for, or soon to be, are decoded on threads of
 * their own; a bounded number stays in memory, the last ones used. All files were read once before,
 * so that their digests are known and a file that has changed since is told.
 */
final class StreamedImages implements ImageDataset {
  private final List<Path> files;
  private final int[] labels;
  private final List<String> classNames;
  private final byte[] digests;
  private final PixelImage format;
  private final PictureLoader loader;
  private final DecodingThreads threads;
  private final UnitScale scale;
  private final int capacity;

  /** Pictures decoded or being decoded, the last used last. */
  private final SequencedMap<Integer, Future<PixelImage>> held =
      new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Takes over files that have been read once.
   *
   * @param files at least one
   * @param labels a class for each; empty for none
   * @param classNames names of the classes
   * @param digests SHA-256 of each picture's values, one after the other
   * @param format one of the pictures
   * @param loader reads them
   * @param threads closed with this set
   * @param memory bytes that held pictures may take; one is held in any case
   */
  StreamedImages(
      List<Path> files,
      int[] labels,
      List<String> classNames,
      byte[] digests,
      PixelImage format,
      PictureLoader loader,
      DecodingThreads threads,
      long memory) {
    this.files = List.copyOf(files);
    this.labels = labels;
    this.classNames = List.copyOf(classNames);
    this.digests = digests;
    this.format = format;
    this.loader = loader;
    this.threads = threads;
    this.scale = new UnitScale(format.maxValue);
    this.capacity = (int) Math.clamp(memory / format.pixels.length, 1, (long) files.size());
  }

  @Override
  public int size() {
    return files.size();
  }

  @Override
  public int height() {
    return format.height;
  }

  @Override
  public int width() {
    return format.width;
  }

  @Override
  public int channels() {
    return format.channels;
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
    Objects.checkIndex(i, files.size());
    return labels.length == 0 ? -1 : labels[i];
  }

  @Override
  public void image(int i, float[] dst, int offset) {
    Objects.checkIndex(i, files.size());
    Objects.checkFromIndexSize(offset, imageSize(), dst.length);
    try {
      scale.convert(DecodingThreads.get(begin(i)).pixels, dst, offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what goes wrong is thrown by image
  public void prefetch(int[] indices) {
    for (int n = 0; n < Math.min(indices.length, capacity); n++) {
      begin(Objects.checkIndex(indices[n], files.size()));
    }
  }

  @Override
  public byte[] digest(int i) {
    int from = Objects.checkIndex(i, files.size()) * Fingerprint.DIGEST;
    return Arrays.copyOfRange(digests, from, from + Fingerprint.DIGEST);
  }

  private Future<PixelImage> begin(int i) {
    synchronized (held) {
      Future<PixelImage> picture = held.get(i);
      if (picture == null) {
        if (held.size() == capacity) {
          held.pollFirstEntry();
        }
        picture = threads.start(() -> read(i));
        held.put(i, picture);
      }
      return picture;
    }
  }

  private PixelImage read(int i) throws IOException {
    Path file = files.get(i);
    PixelImage picture = loader.load(file);
    if (!Arrays.equals(digest(i), digest(picture, scale))) {
      throw DatasetReader.bad(
          file,
          "has changed since the data set was opened; leave files alone while they are used, and"
              + " begin anew");
    }
    return picture;
  }

  /** The digest of a picture's values, as {@link ImageDataset#digest} says. */
  static byte[] digest(PixelImage picture, UnitScale scale) {
    float[] values = new float[picture.height * picture.width * picture.channels];
    scale.convert(picture.pixels, values, 0);
    return Fingerprint.digest(values);
  }

  /** How many pictures are decoded or being decoded. */
  int held() {
    synchronized (held) {
      return held.size();
    }
  }

  /** The most that {@link #held} may be. */
  int capacity() {
    return capacity;
  }

  @Override
  public void close() {
    threads.close();
    synchronized (held) {
      held.clear();
    }
  }
}
