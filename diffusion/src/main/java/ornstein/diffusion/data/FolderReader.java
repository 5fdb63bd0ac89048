package ornstein.diffusion.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import ornstein.diffusion.data.FolderListing.Entry;
import ornstein.diffusion.data.ImageDecoder.Size;
import ornstein.engine.io.FormatException;

/**
 * A folder of PNG and JPEG files; see {@link FolderListing} for which. All are decoded once, on
 * several threads, also where they are to be streamed: then it is known which are good, and what is
 * in them.
 */
final class FolderReader implements DatasetReader {
  private static final int NAMED_IN_ERROR = 3;

  private final DatasetListener listener;

  FolderReader(DatasetListener listener) {
    this.listener = listener;
  }

  @Override
  public ImageDataset read(Path path, DatasetOptions options) throws IOException {
    DecodingThreads threads = new DecodingThreads();
    ImageDataset data = null;
    try {
      data = new Reading(path, options, threads).run();
      return data;
    } finally {
      if (!(data instanceof StreamedImages)) {
        threads.close();
      }
    }
  }

  /** The reading of one folder. */
  private final class Reading {
    private final Path folder;
    private final DatasetOptions options;
    private final DecodingThreads threads;
    private final BadFiles bad;
    private final List<String> classes;
    private List<Entry> entries;

    Reading(Path folder, DatasetOptions options, DecodingThreads threads) throws IOException {
      this.folder = folder;
      this.options = options;
      this.threads = threads;
      this.bad = new BadFiles(folder, options.maxBadFiles(), listener);
      FolderListing listing = FolderListing.of(folder, options.labels()).spread(options.limit());
      this.entries = listing.entries();
      this.classes = listing.classes();
    }

    ImageDataset run() throws IOException {
      if (options.height() == 0) {
        checkSizes();
      }
      PixelImage first = first();
      PictureLoader loader =
          new PictureLoader(options, first.channels, entries.get(0).file().getFileName());
      long bytes = (long) entries.size() * first.pixels.length;
      boolean stream =
          switch (options.loading()) {
            case STREAM -> true;
            case MEMORY -> false;
            case AUTO -> bytes > Math.min(options.pictureMemory(), PixelBudget.LIMIT);
          };
      return stream ? streamed(first, loader) : inMemory(loader);
    }

    /** The first picture that can be read; those before it are bad. */
    private PixelImage first() throws IOException {
      for (int i = 0; ; i++) {
        bad.requireOthers(i < entries.size());
        try {
          PixelImage image =
              ImageDecoder.decode(entries.get(i).file(), options.pictureMaxValue())
                  .fitted(options.channels(), options.height(), options.width());
          entries = entries.subList(i, entries.size());
          return image;
        } catch (FormatException e) {
          bad.add(e);
        }
      }
    }

    private ImageDataset inMemory(PictureLoader loader) throws IOException {
      MemoryImages.Builder builder = new MemoryImages.Builder(folder, options);
      List<Integer> labels = new ArrayList<>();
      readAll(
          entry -> loader.load(entry.file()),
          (entry, picture) -> {
            builder.add(picture);
            labels.add(entry.label());
          });
      return builder.build(numbers(labels), classes);
    }

    private ImageDataset streamed(PixelImage first, PictureLoader loader) throws IOException {
      UnitScale scale = new UnitScale(first.maxValue);
      ByteBuffer digests =
          ByteBuffer.allocate(Math.multiplyExact(entries.size(), Fingerprint.DIGEST));
      List<Path> files = new ArrayList<>();
      List<Integer> labels = new ArrayList<>();
      readAll(
          entry -> StreamedImages.digest(loader.load(entry.file()), scale),
          (entry, digest) -> {
            digests.put(digest);
            files.add(entry.file());
            labels.add(entry.label());
          });
      return new StreamedImages(
          files,
          numbers(labels),
          classes,
          digests.array(),
          first,
          loader,
          threads,
          options.pictureMemory());
    }

    /** Reads all files, on several threads, and leaves out those that cannot be. */
    private <R> void readAll(DecodingThreads.Task<Entry, R> read, Kept<R> kept) throws IOException {
      int total = entries.size();
      int[] done = {0};
      threads.inOrder(
          entries,
          read,
          (entry, result) -> {
            try {
              kept.accept(entry, DecodingThreads.get(result));
            } catch (UncheckedIOException e) {
              throw e.getCause();
            } catch (FormatException e) {
              bad.add(e);
            }
            listener.onRead(++done[0], total);
          });
    }

    private int[] numbers(List<Integer> labels) {
      return classes.isEmpty() ? new int[0] : labels.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Leaves out files without a header, and fails if the others are of different sizes. */
    private void checkSizes() throws IOException {
      List<Entry> good = new ArrayList<>();
      List<Size> sizes = new ArrayList<>();
      threads.inOrder(
          entries,
          entry -> ImageDecoder.size(entry.file()),
          (entry, result) -> {
            try {
              sizes.add(DecodingThreads.get(result));
              good.add(entry);
            } catch (FormatException e) {
              bad.add(e);
            }
          });
      entries = good;
      bad.requireOthers(!entries.isEmpty());
      Size first = sizes.get(0);
      StringJoiner others = new StringJoiner(", ");
      int differ = 0;
      for (int i = 0; i < sizes.size(); i++) {
        if (!sizes.get(i).equals(first) && differ++ < NAMED_IN_ERROR) {
          others.add(name(i) + " is " + sizes.get(i));
        }
      }
      if (differ > 0) {
        throw DatasetReader.bad(
            folder,
            "holds images of different sizes: "
                + name(0)
                + " is "
                + first
                + ", but "
                + others
                + (differ > NAMED_IN_ERROR ? " (" + differ + " in all)" : "")
                + "; give one size (--size HxW) that all are cropped and resized to");
      }
    }

    private Path name(int i) {
      return folder.relativize(entries.get(i).file());
    }
  }

  /** Takes what was read of a good file. */
  @FunctionalInterface
  private interface Kept<R> {
    void accept(Entry entry, R result) throws IOException;
  }
}
