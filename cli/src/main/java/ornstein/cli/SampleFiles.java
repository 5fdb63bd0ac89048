package ornstein.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.PipelineListener;
import ornstein.diffusion.data.Images;

/** Where samples are written, and as what. */
final class SampleFiles {
  /** Name of the picture in a folder. */
  static final String PICTURE = "samples.png";

  /** Images that an animation shows at most. */
  private static final int MOST_ANIMATED = 100;

  private final Path folder;
  private final int count;
  private final ImageSize size;
  private final PictureGrid grid;
  private @Nullable Path picture;
  private @Nullable Path archive;
  private @Nullable Path animation;
  private @Nullable ClassCaptions captions;
  private boolean separate;
  private @Nullable DenoisingFrames frames;

  private SampleFiles(Path folder, int count, ImageSize size, PictureGrid grid) {
    this.folder = folder;
    this.count = count;
    this.size = size;
    this.grid = grid;
  }

  /** A picture in a folder. */
  static SampleFiles picture(OutputFolder folder, int count, ImageSize size, PictureGrid grid) {
    SampleFiles files = new SampleFiles(folder.path(), count, size, grid);
    files.picture = folder.file(PICTURE);
    return files;
  }

  /** The demonstration's: a picture, an archive and an animation in a folder. */
  static SampleFiles all(OutputFolder folder, int count, ImageSize size, PictureGrid grid) {
    SampleFiles files = new SampleFiles(folder.path(), count, size, grid);
    files.picture = folder.file(PICTURE);
    files.archive = folder.file("samples.npz");
    files.animate(folder.file("denoising.gif"));
    return files;
  }

  /**
   * What the name of the output asks for: {@code .png} a picture, {@code .npz} an archive, {@code
   * .gif} an animation, a folder picture and archive.
   *
   * @param separate whether each image is written to a file of its own in the folder too
   */
  static SampleFiles named(
      UsageCheck usage, Path out, boolean separate, int count, ImageSize size, PictureGrid grid) {
    boolean folder = isFolder(out);
    usage.require(folder || !separate, "--separate needs a folder; give one as --out, not " + out);
    Path parent = out.toAbsolutePath().getParent();
    SampleFiles files = new SampleFiles(folder || parent == null ? out : parent, count, size, grid);
    if (folder) {
      usage.require(!Files.isRegularFile(out), "--out " + out + " is a file; give a folder");
      files.picture = out.resolve(PICTURE);
      files.archive = out.resolve("samples.npz");
      files.separate = separate;
      return files;
    }
    switch (extension(out)) {
      case "png" -> {
        usage.require(
            grid.fits(count, size),
            String.format(
                Locale.ROOT,
                "a picture of %,d images of %s would be over 64 megapixels; give --out a folder or"
                    + " a name that ends in .npz, or a smaller --scale",
                count,
                size));
        files.picture = out;
      }
      case "npz" -> files.archive = out;
      case "gif" -> files.animate(out);
      default ->
          throw usage.error(
              "--out "
                  + out
                  + " is of no kind that can be written; give a name that ends in .png"
                  + " (picture), .npz (arrays) or .gif (animation), or a folder");
    }
    return files;
  }

  private static boolean isFolder(Path out) {
    return Files.isDirectory(out) || extension(out).isEmpty();
  }

  private static String extension(Path file) {
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString();
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  private void animate(Path file) {
    animation = file;
    frames = new DenoisingFrames(Math.min(count, MOST_ANIMATED));
  }

  /** The same with an animation beside. */
  SampleFiles animatedAs(UsageCheck usage, Path gif) {
    usage.require(extension(gif).equals("gif"), "--gif " + gif + " must end in .gif");
    usage.require(animation == null, "--gif and an --out that ends in .gif are one too many");
    animate(gif);
    return this;
  }

  /** The same with a caption under each image of picture and animation. */
  SampleFiles captioned(ClassCaptions texts) {
    captions = texts;
    return this;
  }

  /** Creates the folders that the files go into. */
  void createFolder() {
    OutputFolder.create(folder);
    Path parent = animation == null ? null : animation.toAbsolutePath().getParent();
    if (parent != null) {
      OutputFolder.create(parent);
    }
  }

  /** What must see each step of the sampling. */
  PipelineListener follower() {
    return frames == null ? (first, step) -> true : frames;
  }

  /**
   * Writes the files.
   *
   * @return what was written
   */
  List<String> write(Images images) throws IOException {
    List<String> written = new ArrayList<>();
    if (picture != null) {
      written.add(writePicture(picture, images));
    }
    if (archive != null) {
      images.saveNpz(archive);
      written.add(archive.toString());
    }
    if (animation != null && frames != null) {
      int shownImages = Math.min(count, MOST_ANIMATED);
      PictureGrid shown = count <= MOST_ANIMATED ? grid : PictureGrid.of(MOST_ANIMATED, size);
      if (captions == null) {
        shown.saveGif(animation, frames);
      } else {
        shown.saveGif(animation, frames, captions.of(first(images, shownImages)));
      }
      written.add(animation.toString());
    }
    if (separate) {
      int digits = Integer.toString(count - 1).length();
      String form = "%0" + digits + "d.png";
      for (int i = 0; i < count; i++) {
        images.savePng(folder.resolve(String.format(Locale.ROOT, form, i)), i);
      }
      written.add(String.format(Locale.ROOT, "%,d single images in %s", count, folder));
    }
    return written;
  }

  /** In a folder beside the archive, a picture of the first images will do. */
  private String writePicture(Path file, Images images) throws IOException {
    int shown = count;
    while (!grid.fits(shown, size)) {
      shown /= 2;
    }
    Images drawn = first(images, shown);
    if (captions == null) {
      grid.savePng(file, drawn);
    } else {
      Images.savePng(file, grid.draw(drawn, captions.of(drawn)));
    }
    return shown == count
        ? file.toString()
        : String.format(Locale.ROOT, "%s (the first %,d)", file, shown);
  }

  private static Images first(Images images, int count) {
    if (count == images.count()) {
      return images;
    }
    int each = images.height() * images.width() * images.channels();
    byte[] pixels = Arrays.copyOf(images.pixels(), count * each);
    int[] labels = images.labels();
    return Images.of(
        images.shape().with(0, count),
        pixels,
        Arrays.copyOf(labels, Math.min(count, labels.length)));
  }
}
