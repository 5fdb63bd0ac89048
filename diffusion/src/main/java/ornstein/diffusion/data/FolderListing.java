package ornstein.diffusion.data;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The PNG and JPEG files of a folder, or of its sub-folders, sorted by name; with classes, if they
 * come from the sub-folders' or the files' names. Hidden files and other kinds are passed over.
 *
 * @param entries the files, at least one
 * @param classes names of the classes, in label order; empty if there are none
 */
record FolderListing(List<Entry> entries, List<String> classes) {

  /**
   * A file.
   *
   * @param file where it is
   * @param label its class, or −1
   */
  record Entry(Path file, int label) {}

  /** Lists a folder. */
  static FolderListing of(Path folder, LabelChoice labels) throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<String> classes = new ArrayList<>();
    list(folder, labels, entries, classes);
    if (entries.isEmpty()) {
      throw DatasetReader.bad(
          folder,
          "holds no PNG or JPEG files (.png, .jpg, .jpeg), neither directly nor in sub-folders;"
              + " give the folder that does");
    }
    return switch (labels) {
      case PREFIX -> byPrefix(folder, entries);
      case NONE -> new FolderListing(entries, List.of());
      case AUTO, FIRST_COLUMN, LAST_COLUMN -> new FolderListing(entries, classes);
    };
  }

  /** The same files, but at most so many, spread evenly: the first ones could be of one class. */
  FolderListing spread(int limit) {
    if (limit == 0 || limit >= entries.size()) {
      return this;
    }
    List<Entry> kept = new ArrayList<>();
    for (int i = 0; i < limit; i++) {
      kept.add(entries.get((int) ((long) i * entries.size() / limit)));
    }
    return new FolderListing(kept, classes);
  }

  private static void list(
      Path folder, LabelChoice labels, List<Entry> entries, List<String> classes)
      throws IOException {
    for (Path file : images(folder)) {
      entries.add(new Entry(file, -1));
    }
    for (Path sub : sorted(folder, Files::isDirectory)) {
      List<Path> files = images(sub);
      if (files.isEmpty()) {
        continue;
      }
      if (classes.isEmpty() && !entries.isEmpty() && labels != LabelChoice.PREFIX) {
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
  }

  private static FolderListing byPrefix(Path folder, List<Entry> entries) throws IOException {
    SortedSet<String> prefixes = new TreeSet<>();
    for (Entry entry : entries) {
      prefixes.add(prefix(entry.file()));
    }
    if (prefixes.size() > MemoryImages.MAX_CLASSES) {
      throw DatasetReader.bad(
          folder,
          "its files' names begin with "
              + prefixes.size()
              + " different prefixes, more classes than the "
              + MemoryImages.MAX_CLASSES
              + " that are possible; read it without labels (--labels none)");
    }
    List<String> classes = List.copyOf(prefixes);
    List<Entry> labelled = new ArrayList<>();
    for (Entry entry : entries) {
      // The set is sorted, so its list can be searched.
      int label = Collections.binarySearch(classes, prefix(entry.file()));
      labelled.add(new Entry(entry.file(), label));
    }
    return new FolderListing(labelled, classes);
  }

  private static String prefix(Path file) throws IOException {
    String name = file.getFileName().toString();
    int end = name.indexOf('_');
    if (end <= 0) {
      throw DatasetReader.bad(
          file,
          "has no class before an underscore in its name, as cat_001.png has; rename it, or put the"
              + " files of each class into a sub-folder (--labels auto)");
    }
    return name.substring(0, end);
  }

  private static List<Path> images(Path folder) throws IOException {
    return sorted(folder, FolderListing::isImage);
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
}
