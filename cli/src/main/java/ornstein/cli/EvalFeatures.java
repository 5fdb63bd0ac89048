package ornstein.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.eval.FeatureExtractor;
import ornstein.diffusion.eval.FeatureStatistics;
import ornstein.diffusion.eval.Features;
import ornstein.diffusion.eval.ReferenceCache;
import picocli.CommandLine;

/** Features of images, batch by batch under a progress display; those of references are kept. */
final class EvalFeatures {
  private static final int BATCH = 64;

  private final CommandLine command;
  private final FeatureExtractor extractor;
  private final ReferenceCache cache;
  private final ReferenceCache featureCache;
  private ReferenceCache.@Nullable Key lastKey;
  private @Nullable Features last;

  EvalFeatures(CommandLine command, FeatureExtractor extractor, ReferenceCache cache) {
    this.command = command;
    this.extractor = extractor;
    this.cache = cache;
    this.featureCache = extractor.isCostly() ? cache : ReferenceCache.none();
  }

  /** Those of samples. */
  FeatureExtractor.Extraction of(Images images, BooleanSupplier goOn) {
    List<Features> features = new ArrayList<>();
    List<Features> probabilities = new ArrayList<>();
    inBatches(
        images.count(),
        "features",
        goOn,
        batch -> {
          FeatureExtractor.Extraction extraction =
              extractor.of(images.slice(batch[0], batch[0] + batch.length));
          features.add(extraction.features());
          Features chances = extraction.probabilities();
          if (chances != null) {
            probabilities.add(chances);
          }
        });
    return new FeatureExtractor.Extraction(
        Features.concat(features), probabilities.isEmpty() ? null : Features.concat(probabilities));
  }

  /** Mean and covariance of all of a reference's images. */
  FeatureStatistics statistics(EvalImages.Part part, BooleanSupplier goOn) {
    return cache.statistics(
        key(part, part.images().size()),
        () -> {
          FeatureStatistics.Accumulator all = new FeatureStatistics.Accumulator();
          each(part.images(), goOn, all::add);
          return all.statistics();
        });
  }

  /** Features of some of a reference's images; measures that want the same share them. */
  Features features(EvalImages.Part part, int count, BooleanSupplier goOn) {
    ReferenceCache.Key key = key(part, count);
    Features known = last;
    if (known != null && key.equals(lastKey)) {
      return known;
    }
    Features found =
        featureCache.features(
            key,
            () -> {
              List<Features> all = new ArrayList<>();
              each(part.images().spread(count), goOn, all::add);
              return Features.concat(all);
            });
    lastKey = key;
    last = found;
    return found;
  }

  private ReferenceCache.Key key(EvalImages.Part part, int count) {
    return new ReferenceCache.Key(part.fingerprint(), part.split(), count, extractor.digest());
  }

  private void each(ImageDataset data, BooleanSupplier goOn, Consumer<Features> consumer) {
    inBatches(
        data.size(),
        "reference",
        goOn,
        batch -> consumer.accept(extractor.of(Images.of(data, batch)).features()));
  }

  private void inBatches(int count, String task, BooleanSupplier goOn, Consumer<int[]> work) {
    try (ProgressDisplay display = ProgressDisplay.open(command, task)) {
      for (int first = 0; first < count; first += BATCH) {
        int n = Math.min(BATCH, count - first);
        work.accept(IntStream.range(first, first + n).toArray());
        display.update(first + n, count, "images");
        if (!goOn.getAsBoolean()) {
          throw new CancellationException("the evaluation was ended");
        }
      }
    }
  }
}
