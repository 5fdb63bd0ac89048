package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static ornstein.diffusion.data.SampleFiles.ramp;
import static ornstein.diffusion.data.SampleFiles.refused;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.engine.Shape;

class StreamedImagesTest {
  private static final int COUNT = 40;
  private static final int BYTES = 5 * 4 * 3;
  private static final DatasetOptions DEFAULTS = DatasetOptions.defaults();

  @TempDir private Path folder;

  /** Pictures in two classes, each another one; every fourth of another size. */
  private void pictures(boolean mixed) throws IOException {
    for (int i = 0; i < COUNT; i++) {
      Path file = file(i);
      Files.createDirectories(file.getParent());
      Shape shape = mixed && i % 4 == 0 ? Shape.of(1, 9, 6, 3) : Shape.of(1, 5, 4, 3);
      Images.of(shape, ramp(7 * i, shape.size())).savePng(file, 0);
    }
  }

  private Path file(int i) {
    return folder.resolve(i < COUNT / 2 ? "cat" : "dog").resolve(String.format("%03d.png", i));
  }

  private StreamedImages stream(DatasetOptions options) throws IOException {
    return assertInstanceOf(
        StreamedImages.class, Datasets.open(folder, options.withLoading(Loading.STREAM)));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void theSameAsInMemory(int bits) throws IOException {
    pictures(true);
    DatasetOptions options = DEFAULTS.withSize(4, 3).withBits(bits).withMemory(500);
    ImageDataset memory = Datasets.open(folder, options.withLoading(Loading.MEMORY));
    try (StreamedImages stream = stream(options)) {
      assertEquals(COUNT, stream.size());
      assertEquals(memory.imageShape(), stream.imageShape());
      assertEquals(List.of("cat", "dog"), stream.classNames());
      assertEquals(2, stream.classes());
      assertEquals(memory.fingerprint(), stream.fingerprint());
      BatchSampler order = new BatchSampler(COUNT, 7, 3);
      float[] expected = new float[7 * memory.imageSize()];
      float[] actual = new float[expected.length];
      for (int step = 0; step < 20; step++) {
        int[] batch = order.batch(step);
        batch[6] = batch[0];
        memory.images(batch, expected);
        stream.images(batch, actual);
        stream.prefetch(order.batch(step + 1));
        assertArrayEquals(expected, actual);
        assertEquals(memory.label(batch[1]), stream.label(batch[1]));
      }
      assertThrows(IndexOutOfBoundsException.class, () -> stream.image(COUNT, actual, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> stream.image(0, new float[3], 0));
      assertThrows(IndexOutOfBoundsException.class, () -> stream.label(-1));
      assertThrows(IndexOutOfBoundsException.class, () -> stream.prefetch(new int[] {COUNT}));
    }
  }

  @Test
  void noMoreIsHeldThanAllowed() throws IOException {
    pictures(false);
    try (StreamedImages stream = stream(DEFAULTS.withMemory(5 * BYTES + 1))) {
      assertEquals(5, stream.capacity());
      BatchSampler order = new BatchSampler(COUNT, 8, 1);
      float[] values = new float[8 * stream.imageSize()];
      for (int step = 0; step < 15; step++) {
        stream.images(order.batch(step), values);
        assertTrue(stream.held() <= 5);
        stream.prefetch(order.batch(step + 1));
        stream.prefetch(order.batch(step + 2));
        assertEquals(5, stream.held());
      }
    }
    try (StreamedImages stream = stream(DEFAULTS.withMemory(1))) {
      assertEquals(1, stream.capacity());
    }
  }

  @Test
  void whatDoesNotFitIsStreamed() throws IOException {
    pictures(false);
    DatasetOptions fits = DEFAULTS.withMemory(COUNT * BYTES);
    assertInstanceOf(MemoryImages.class, Datasets.open(folder, fits));
    assertInstanceOf(MemoryImages.class, Datasets.open(folder, DEFAULTS));
    DatasetOptions less = DEFAULTS.withMemory(COUNT * BYTES - 1);
    try (ImageDataset stream = Datasets.open(folder, less)) {
      assertInstanceOf(StreamedImages.class, stream);
    }
    assertInstanceOf(MemoryImages.class, Datasets.open(folder, less.withLimit(COUNT - 1)));
    assertInstanceOf(MemoryImages.class, Datasets.open(folder, less.withLoading(Loading.MEMORY)));
  }

  @Test
  void onlyPicturesAreStreamed() throws IOException {
    Path npz = folder.resolve("a.npz");
    Images.of(Shape.of(1, 2, 2, 1), new byte[4]).saveNpz(npz);
    refused(npz, DEFAULTS.withLoading(Loading.STREAM), "no folder", "streamed");
    refused(npz, DEFAULTS.withBits(16), "no folder", "16 bits");
  }

  @Test
  void whatGoesWrongLaterNamesTheFile() throws IOException {
    pictures(false);
    try (StreamedImages stream = stream(DEFAULTS)) {
      Files.writeString(file(3), "<html>");
      Files.delete(file(4));
      Shape shape = Shape.of(1, 5, 4, 3);
      Images.of(shape, ramp(1, shape.size())).savePng(file(5), 0);
      Images.of(Shape.of(1, 5, 4, 4), new byte[80]).savePng(file(6), 0);
      stream.prefetch(new int[] {2, 3, 4, 5, 6});
      float[] values = new float[stream.imageSize()];
      stream.image(2, values, 0);
      for (int k = 0; k < 2; k++) {
        failed(stream, 3, "003.png", "neither PNG nor JPEG");
        assertInstanceOf(NoSuchFileException.class, failed(stream, 4, "004.png").getCause());
        failed(stream, 5, "005.png", "has changed since the data set was opened");
        failed(stream, 6, "006.png", "4 channels");
      }
      stream.image(7, values, 0);
      assertThrows(
          UncheckedIOException.class, () -> stream.images(new int[] {1, 3}, new float[120]));
    }
  }

  private static UncheckedIOException failed(ImageDataset data, int i, String... parts) {
    UncheckedIOException e =
        assertThrows(
            UncheckedIOException.class, () -> data.image(i, new float[data.imageSize()], 0));
    for (String part : parts) {
      assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
    }
    return e;
  }

  @Test
  void severalThreadsMayRead() throws Exception {
    pictures(false);
    ImageDataset memory = Datasets.open(folder, DEFAULTS);
    try (StreamedImages stream = stream(DEFAULTS.withMemory(3 * BYTES))) {
      Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
      List<Thread> readers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        BatchSampler order = new BatchSampler(COUNT, 6, t);
        readers.add(
            Thread.ofPlatform()
                .uncaughtExceptionHandler((thread, e) -> wrong.add(e))
                .start(
                    () -> {
                      float[] expected = new float[6 * memory.imageSize()];
                      float[] actual = new float[expected.length];
                      for (int step = 0; step < 20; step++) {
                        memory.images(order.batch(step), expected);
                        stream.images(order.batch(step), actual);
                        assertArrayEquals(expected, actual);
                      }
                    }));
      }
      for (Thread reader : readers) {
        reader.join();
      }
      assertEquals(List.of(), List.copyOf(wrong));
    }
  }

  @Test
  void nothingIsLeftAfterClose() throws IOException {
    pictures(false);
    StreamedImages stream = stream(DEFAULTS);
    stream.prefetch(new int[] {1, 2, 3, 4, 5, 6, 7, 8});
    stream.close();
    stream.close();
    assertEquals(0, stream.held());
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> stream.image(9, new float[60], 0));
    assertTrue(e.getMessage().contains("closed"), e.getMessage());
    StreamedImages other = stream(DEFAULTS);
    other.first(3).close();
    assertThrows(IllegalStateException.class, () -> other.image(0, new float[60], 0));
  }

  @Test
  void closingEndsThreadsAtWorkAndWhoWaitsForThem() throws Exception {
    DecodingThreads threads = new DecodingThreads();
    Queue<Thread> atWork = new ConcurrentLinkedQueue<>();
    int count = 3 * Runtime.getRuntime().availableProcessors();
    CountDownLatch begun = new CountDownLatch(Runtime.getRuntime().availableProcessors());
    List<Future<Integer>> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      results.add(
          threads.start(
              () -> {
                atWork.add(Thread.currentThread());
                begun.countDown();
                Thread.sleep(600_000);
                return 1;
              }));
    }
    begun.await();
    threads.close();
    assertEquals(Runtime.getRuntime().availableProcessors(), atWork.size(), "at a time");
    for (Thread thread : atWork) {
      assertTrue(thread.isVirtual());
      // The last thing it does is to say that its task has ended.
      assertTrue(thread.join(Duration.ofSeconds(10)), "still alive");
    }
    for (Future<Integer> result : results) {
      assertThrows(IllegalStateException.class, () -> DecodingThreads.get(result));
    }
  }

  @Test
  void viewsTellTheFilesWhatComesNext() throws IOException {
    pictures(false);
    try (StreamedImages stream = stream(DEFAULTS)) {
      ImageDataset view = new Augmentation(2, 2, true).applyTo(stream.subset(30, 31, 32, 33));
      view.prefetch(new int[] {0, 3});
      assertEquals(2, stream.held());
      float[] window = new float[12];
      ImageDataset memory = Datasets.open(folder, DEFAULTS);
      BatchSampler order = new BatchSampler(4, 1, 0);
      view.images(new int[] {2}, (place, k) -> order.chance(0, place, k), window);
      assertEquals(3, stream.held());
      float[] expected = new float[12];
      new Augmentation(2, 2, true)
          .applyTo(memory)
          .images(new int[] {32}, (place, k) -> order.chance(0, place, k), expected);
      assertArrayEquals(expected, window);
      assertTrue(Arrays.stream(new int[] {0, 1}).allMatch(i -> view.label(i) == 1));
    }
  }
}
