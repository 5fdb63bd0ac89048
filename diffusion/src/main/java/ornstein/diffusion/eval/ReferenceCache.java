package ornstein.diffusion.eval;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;
import ornstein.engine.io.SafeTensorsWriter;

/**
 * Keeps statistics and features of reference images in a folder, so that they are computed once:
 * safetensors files with checksums, named after all that they depend on. A file that is damaged is
 * computed and written anew. Several processes may share a folder.
 */
public final class ReferenceCache {
  private static final String KEY = "ornstein.reference";
  private static final String VERSION = "1";

  private final @Nullable Path folder;
  private final Consumer<String> listener;

  private ReferenceCache(@Nullable Path folder, Consumer<String> listener) {
    this.folder = folder;
    this.listener = listener;
  }

  /**
   * A cache in a folder.
   *
   * @param folder the folder, created when something is first kept
   * @param listener is told in a line what is damaged and what cannot be kept
   * @return the cache
   */
  public static ReferenceCache in(Path folder, Consumer<String> listener) {
    return new ReferenceCache(folder, listener);
  }

  /**
   * A cache that keeps nothing.
   *
   * @return the cache
   */
  public static ReferenceCache none() {
    return new ReferenceCache(null, line -> {});
  }

  /**
   * What is kept, told from everything else.
   *
   * @param data the fingerprint of the images
   * @param split which of a data set's images they are
   * @param count how many
   * @param extractor the extractor's digest
   */
  public record Key(String data, String split, int count, String extractor) {
    private String text(String what) {
      return String.join("\n", VERSION, what, data, split, Integer.toString(count), extractor);
    }
  }

  /**
   * Statistics, from the folder or computed and then kept.
   *
   * @param key what they are of
   * @param computed computes them
   * @return the statistics, the same bits either way
   */
  public FeatureStatistics statistics(Key key, Supplier<FeatureStatistics> computed) {
    String text = key.text("statistics");
    FeatureStatistics kept =
        read(
            text,
            file -> {
              double[] count = file.doubles("count");
              return FeatureStatistics.of(
                  (int) count[0], file.doubles("mean"), file.doubles("covariance"));
            });
    if (kept != null) {
      return kept;
    }
    FeatureStatistics statistics = computed.get();
    int d = statistics.dimensions();
    write(
        text,
        new SafeTensorsWriter()
            .f64("count", Shape.of(1), new double[] {statistics.count()})
            .f64("mean", Shape.of(d), statistics.mean())
            .f64("covariance", Shape.of(d, d), statistics.covariance()));
    return statistics;
  }

  /**
   * Features, from the folder or computed and then kept.
   *
   * @param key what they are of
   * @param computed computes them
   * @return the features, the same bits either way
   */
  public Features features(Key key, Supplier<Features> computed) {
    String text = key.text("features");
    Features kept =
        read(text, file -> Features.of(file.doubles("features"), file.shape("features").dim(1)));
    if (kept != null) {
      return kept;
    }
    Features features = computed.get();
    write(
        text,
        new SafeTensorsWriter()
            .f64("features", Shape.of(features.count(), features.dimensions()), features.values()));
    return features;
  }

  /** Reads what a file holds. */
  private interface Reading<T> {
    T of(SafeTensors file) throws IOException;
  }

  private static Path file(Path folder, String text) {
    byte[] digest = FileDigest.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    return folder.resolve(
        "reference-" + HexFormat.of().formatHex(digest).substring(0, 32) + ".safetensors");
  }

  private <T> @Nullable T read(String text, Reading<T> reading) {
    if (folder == null) {
      return null;
    }
    Path file = file(folder, text);
    if (!Files.exists(file)) {
      return null;
    }
    try (SafeTensors tensors = SafeTensors.open(file)) {
      tensors.requireChecksum();
      if (!text.equals(tensors.metadata().get(KEY))) {
        throw new FormatException(file.toString(), null, -1, "holds something else");
      }
      return reading.of(tensors);
    } catch (IOException | RuntimeException e) { // whatever is wrong: it can be computed
      listener.accept("the kept statistics are damaged and computed anew: " + e.getMessage());
      return null;
    }
  }

  private void write(String text, SafeTensorsWriter tensors) {
    if (folder == null) {
      return;
    }
    Path file = file(folder, text);
    try {
      Files.createDirectories(folder);
      tensors.metadata(KEY, text).checksum().write(file);
    } catch (IOException e) { // a cache is a convenience
      listener.accept("the statistics are not kept for next time: " + file + " cannot be written");
    }
  }
}
