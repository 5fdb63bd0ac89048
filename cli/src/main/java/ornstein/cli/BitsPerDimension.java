package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.likelihood.VariationalBound;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;

/** The variational bound over some images, in bits per value. */
final class BitsPerDimension {
  private static final int BATCH = 64;

  private final int images;
  private final double[] bound;
  private final double[] noiseErrors;
  private final double[] startErrors;
  private double prior;
  private double total;
  private final List<Double> each = new ArrayList<>();

  private BitsPerDimension(int images, int steps) {
    this.images = images;
    this.bound = new double[steps];
    this.noiseErrors = new double[steps];
    this.startErrors = new double[steps];
  }

  /** The classes of some images one after the other. */
  interface Labels {
    /** Labels [count], or null for a model without classes. */
    @Nullable Tensor of(int first, int count);
  }

  /** Follows the work. */
  interface Progress {
    /** Is told how many evaluations are done; false ends the work. */
    boolean at(long done, long all);
  }

  /** Measures; a cancellation exception if the progress ended it. */
  static BitsPerDimension measure(
      ReverseProcess process, ImageDataset data, Labels labels, long seed, Progress progress) {
    int steps = process.diffusion().steps();
    int n = data.size();
    VariationalBound bound = new VariationalBound(process);
    BitsPerDimension bits = new BitsPerDimension(n, steps);
    for (int first = 0; first < n; first += BATCH) {
      int at = first;
      int count = Math.min(BATCH, n - first);
      VariationalBound.Terms terms =
          bound.of(
              ModelArguments.images(data, first, count),
              labels.of(first, count),
              NoiseSource.of(seed).from(first),
              t ->
                  progress.at(
                      (long) at * steps + (long) count * (steps - t + 1), (long) n * steps));
      bits.add(terms, count);
    }
    return bits;
  }

  private void add(VariationalBound.Terms terms, int count) {
    int steps = bound.length;
    for (int i = 0; i < count; i++) {
      prior += terms.prior()[i] / images;
      double bits = terms.total(i);
      total += bits / images;
      each.add(bits);
      for (int t = 0; t < steps; t++) {
        // In files the chain runs from noise to data.
        bound[steps - 1 - t] += terms.terms()[t][i] / images;
        noiseErrors[steps - 1 - t] += terms.noiseErrors()[t][i] / images;
        startErrors[steps - 1 - t] += terms.startErrors()[t][i] / images;
      }
    }
  }

  /** Number of images. */
  int images() {
    return images;
  }

  /** All terms together, the mean over images. */
  double total() {
    return total;
  }

  /** The same for each image. */
  Repeated byImage() {
    return new Repeated(each);
  }

  /** The standard error of the mean; NaN of one image. */
  double standardError() {
    return byImage().standardError();
  }

  /** The term of the last latent. */
  double prior() {
    return prior;
  }

  /** The terms of all steps but the last. */
  double steps() {
    return total - prior - decoder();
  }

  /** How many steps these are. */
  int stepCount() {
    return bound.length - 1;
  }

  /** The term of the last step, to 8-bit values. */
  double decoder() {
    return bound[bound.length - 1];
  }

  /** All in one line. */
  String describe() {
    return String.format(
        Locale.ROOT,
        "%.4f bits/dim%s over %,d images: prior %.4f, %d steps %.4f, decoder %.4f",
        total,
        images == 1 ? "" : String.format(Locale.ROOT, " ± %.4f", standardError()),
        images,
        prior,
        stepCount(),
        steps(),
        decoder());
  }

  /** Writes the mean terms of each timestep, from the last to the first. */
  void writeTerms(Path file) throws IOException {
    int steps = bound.length;
    SequencedMap<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("vb_terms", NpyArray.f64(Shape.of(steps), bound));
    arrays.put("mse_terms", NpyArray.f64(Shape.of(steps), noiseErrors));
    arrays.put("xstart_mse_terms", NpyArray.f64(Shape.of(steps), startErrors));
    Npz.write(file, arrays);
  }
}
