package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.eval.Memorisation;
import ornstein.diffusion.eval.NearestNeighbours;
import picocli.CommandLine;

/**
 * Whether samples repeat training images, in figures and as a picture.
 *
 * @param command the command at work
 * @param figures where figures go
 * @param made what made the samples
 * @param training what the model was trained on
 * @param held what it was not trained on; null if that is not known
 * @param goOn whether nobody has ended the work
 */
record MemorisationFigures(
    CommandLine command,
    EvalFigures figures,
    String made,
    EvalImages.Part training,
    EvalImages.@Nullable Part held,
    BooleanSupplier goOn) {
  private static final int PAIRS_IN_PICTURE = 32;
  private static final int PAIRS_IN_ROW = 4;
  private static final String CRITERION =
      String.format(
          Locale.ROOT,
          "nearer to a training image than %s times its mean distance from its %d neighbours",
          Memorisation.COPY,
          Memorisation.NEIGHBOURS);

  /**
   * Measures.
   *
   * @param picture where samples and their nearest training images are drawn
   */
  void measure(Images samples, Path picture) throws IOException {
    Memorisation found = search(samples);
    int n = samples.count();
    add("copies", found.copies(), n, made, training.describe(), CRITERION);
    add(
        "nearest_ratio",
        found.meanRatio(),
        n,
        made,
        training.describe(),
        "mean of the distance from the nearest over that from the next");
    Memorisation.HeldOut comparison = found.heldOut();
    if (comparison != null && held != null) {
      add(
          "held_out_copies",
          comparison.copies(),
          comparison.of(),
          held.describe(comparison.of()),
          training.describe(),
          "images that the model has not seen, " + CRITERION);
      heldOutRatio(comparison, n, held);
    }
    draw(samples, found.nearest(), picture);
  }

  private void heldOutRatio(Memorisation.HeldOut comparison, int count, EvalImages.Part others) {
    String compared = others.describe(comparison.of());
    if (Double.isNaN(comparison.ratio())) {
      figures.note("held_out_ratio: " + compared + " are all among the training images");
      return;
    }
    add(
        "held_out_ratio",
        comparison.ratio(),
        count,
        made,
        training.describe(),
        "mean distance from the nearest over that of " + compared);
  }

  private Memorisation search(Images samples) {
    try (ProgressDisplay display = ProgressDisplay.open(command, "searching")) {
      return Memorisation.of(
          samples,
          training.images(),
          held == null ? null : held.images(),
          done -> {
            display.update(done, 1000, "thousandths");
            return goOn.getAsBoolean();
          });
    }
  }

  private void add(
      String name, double value, int count, String of, String reference, String details) {
    figures.add(new Figure(name, value, Double.NaN, count, of, reference, "pixels", details));
  }

  private void draw(Images samples, List<NearestNeighbours> nearest, Path picture)
      throws IOException {
    List<NearestNeighbours> suspicious =
        nearest.stream()
            .sorted(
                Comparator.comparingDouble(NearestNeighbours::ratio)
                    .thenComparingInt(NearestNeighbours::sample))
            .limit(PAIRS_IN_PICTURE)
            .toList();
    int each = samples.height() * samples.width() * samples.channels();
    byte[] all = samples.pixels();
    byte[] pixels = new byte[2 * each * suspicious.size()];
    for (int i = 0; i < suspicious.size(); i++) {
      byte[] twin = Images.of(training.images(), suspicious.get(i).nearest()).pixels();
      System.arraycopy(all, suspicious.get(i).sample() * each, pixels, 2 * i * each, each);
      System.arraycopy(twin, 0, pixels, (2 * i + 1) * each, each);
    }
    int count = 2 * suspicious.size();
    PictureGrid.of(count, new ImageSize(samples.height(), samples.width()))
        .withColumns(2 * Math.min(PAIRS_IN_ROW, suspicious.size()))
        .savePng(picture, Images.of(samples.shape().with(0, count), pixels));
  }
}
