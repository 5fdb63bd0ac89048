package ornstein.diffusion.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.data.Augmentation;
import ornstein.diffusion.data.BatchSampler;
import ornstein.diffusion.data.DatasetOptions;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.data.LabelChoice;
import ornstein.diffusion.data.Loading;
import ornstein.engine.Shape;
import ornstein.nn.unet.UNetConfig;

class ImageBatchesTest {
  @TempDir private Path folder;

  /** Remembers what it was told of. */
  private record Watched(ImageDataset all, List<Integer> told) implements ImageDataset {
    @Override
    public int size() {
      return all.size();
    }

    @Override
    public int height() {
      return all.height();
    }

    @Override
    public int width() {
      return all.width();
    }

    @Override
    public int channels() {
      return all.channels();
    }

    @Override
    public int classes() {
      return all.classes();
    }

    @Override
    public List<String> classNames() {
      return all.classNames();
    }

    @Override
    public int label(int i) {
      return all.label(i);
    }

    @Override
    public void image(int i, float[] dst, int offset) {
      all.image(i, dst, offset);
    }

    @Override
    public void prefetch(int[] indices) {
      Arrays.stream(indices).forEach(told::add);
    }
  }

  @Test
  void theSetIsToldOfTheNextBatches() throws IOException {
    Watched data = new Watched(Datasets.digits().first(10), new ArrayList<>());
    BatchSampler order = new BatchSampler(10, 4, 9);
    ImageBatches batches = new ImageBatches(data, order, true, 0);
    float[] samples = new float[4 * 64];
    batches.fill(7, samples, new float[4]);
    int[] expected =
        IntStream.of(7, 8, 9).flatMap(step -> Arrays.stream(order.batch(step))).toArray();
    assertArrayEquals(expected, data.told.stream().mapToInt(Integer::intValue).toArray());
  }

  private static List<Double> losses(ImageDataset data) {
    TrainingConfig config =
        TrainingConfig.builder().batchSize(4).limits(6, Duration.ZERO).seed(1).build();
    UNetConfig network =
        UNetConfig.builder()
            .channels(1, 1)
            .modelChannels(8)
            .groups(4)
            .numResBlocks(1)
            .channelMult(1)
            .numClasses(10)
            .build();
    DiffusionConfig diffusion =
        DiffusionConfig.defaults(data.height(), data.width(), data.classNames());
    List<Double> losses = new ArrayList<>();
    new Trainer(network, diffusion, data, config).run(p -> losses.add(p.loss()));
    return losses;
  }

  @Test
  void trainingOnStreamedPicturesIsTheSame() throws IOException {
    Images digits = Images.of(Datasets.digits(), IntStream.range(0, 20).toArray());
    for (int i = 0; i < 20; i++) {
      Path file = folder.resolve(digits.labels()[i] + "_" + i + ".png");
      Images.of(Shape.of(1, 8, 8, 1), Arrays.copyOfRange(digits.pixels(), 64 * i, 64 * i + 64))
          .savePng(file, 0);
    }
    DatasetOptions options = DatasetOptions.defaults().withLabels(LabelChoice.PREFIX);
    Augmentation change = new Augmentation(6, 6, true);
    ImageDataset memory = Datasets.open(folder, options);
    try (ImageDataset stream =
        Datasets.open(folder, options.withLoading(Loading.STREAM).withMemory(5 * 64))) {
      List<Double> plain = losses(memory);
      assertEquals(6, plain.size());
      assertEquals(plain, losses(stream));
      List<Double> changed = losses(change.applyTo(memory));
      assertEquals(changed, losses(change.applyTo(stream)));
      assertNotEquals(plain, changed);
    }
  }
}
