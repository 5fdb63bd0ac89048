package ornstein.diffusion.data;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A folder of PNG and JPEG files sorted by name, without labels; or of sub-folders of such files,
 * each a class, numbered in the order of their names. Hidden files and other kinds are passed over.
 */
final class FolderReader implements DatasetReader {
  private static final int NAMED_IN_ERROR = 3;

  private record Entry(Path file, int label) {}

  @Override
  public ImageDataset read(Path path, DatasetOptions options) throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<String> classes = new ArrayList<>();
    list(path, entries, classes);
    entries = spread(entries, options.limit());
    if (options.height() == 0) {
      checkSizes(path, entries);
    }
    int channels = options.channels();
    MemoryImages.Builder builder = new MemoryImages.Builder(path, options);
    for (Entry entry : entries) {
      PixelImage image = ImageDecoder.decode(entry.file());
      if (channels == 0) {
        channels = image.channels;
      }
      if (options.channels() == 0 && !PixelImage.lossless(image.channels, channels)) {
        throw DatasetReader.bad(
            entry.file(),
            "has "
                + image.channels
                + " channels, but the first image, "
                + entries.get(0).file().getFileName()
                + ", has "
                + channels
                + "; say which to use (--channels 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA)");
      }
      builder.add(image.toChannels(channels));
    }
    if (classes.isEmpty() || options.labels() == LabelChoice.NONE) {
      return builder.build(new int[0], List.of());
    }
    return builder.build(entries.stream().mapToInt(Entry::label).toArray(), classes);
  }

  private static void list(Path folder, List<Entry> entries, List<String> classes)
      throws IOException {
    for (Path file : images(folder)) {
      entries.add(new Entry(file, -1));
    }
    for (Path sub : sorted(folder, Files::isDirectory)) {
      List<Path> files = images(sub);
      if (files.isEmpty()) {
        continue;
      }
      if (classes.isEmpty() && !entries.isEmpty()) {
        throw DatasetReader.bad(
            folder,
            "holds images ("
                + entries.get(0).file().getFileName()
                + ") as well as sub-folders of images ("
                + sub.getFileName()
                + "); move them into sub-folders, one for each class, or open one folder alone");
      }
      for (Path file : files) {
        entries.add(new Entry(file, classes.size()));
      }
      classes.add(sub.getFileName().toString());
    }
    if (entries.isEmpty()) {
      throw DatasetReader.bad(
          folder,
          "holds no PNG or JPEG files (.png, .jpg, .jpeg), neither directly nor in sub-folders;"
              + " give the folder that does");
    }
  }

  private static List<Path> images(Path folder) throws IOException {
    return sorted(folder, FolderReader::isImage);
  }

  private static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return (name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg"))
        && Files.isRegularFile(file);
  }

  private static List<Path> sorted(Path folder, DirectoryStream.Filter<Path> filter)
      throws IOException {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, filter)) {
      for (Path path : stream) {
        if (!path.getFileName().toString().startsWith(".")) {
          paths.add(path);
        }
      }
    }
    paths.sort(Comparator.comparing(path -> path.getFileName().toString()));
    return paths;
  }

  // The first ones alone could all be of one class.
  private static List<Entry> spread(List<Entry> entries, int limit) {
    if (limit == 0 || limit >= entries.size()) {
      return entries;
    }
    List<Entry> kept = new ArrayList<>();
    for (int i = 0; i < limit; i++) {
      kept.add(entries.get((int) ((long) i * entries.size() / limit)));
    }
    return kept;
  }

  private static void checkSizes(Path folder, List<Entry> entries) throws IOException {
    ImageDecoder.Size first = ImageDecoder.size(entries.get(0).file());
    int differ = 0;
    StringBuilder named = new StringBuilder();
    for (Entry entry : entries) {
      ImageDecoder.Size size = ImageDecoder.size(entry.file());
      if (!size.equals(first)) {
        if (differ++ < NAMED_IN_ERROR) {
          named.append(named.isEmpty() ? "" : ", ").append(folder.relativize(entry.file()));
          named.append(" is ").append(size);
        }
      }
    }
    if (differ > 0) {
      throw DatasetReader.bad(
          folder,
          "holds images of different sizes: "
              + folder.relativize(entries.get(0).file())
              + " is "
              + first
              + ", but "
              + named
              + (differ > NAMED_IN_ERROR ? " (" + differ + " in all)" : "")
              + "; give one size (--size HxW) that all are cropped and resized to");
    }
  }
}
