package ornstein.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.DdpmSampler;
import ornstein.engine.Shape;
import ornstein.engine.io.FormatException;
import ornstein.nn.checkpoint.Checkpoint;
import ornstein.nn.checkpoint.NetworkKind;

class PipelineTest {
  @TempDir Path folder;

  private final Pipeline model = SmallModels.pipeline(4, 6, 3, 5);
  private final SampleRequest request = SampleRequest.of(7).seed(3).steps(4);

  @Test
  void imagesHaveTheTrainedSizeAndEveryClassInOrder() {
    Images images = model.sample(request);
    assertEquals(Shape.of(7, 4, 6, 3), images.shape());
    assertArrayEquals(new int[] {0, 0, 1, 2, 2, 3, 4}, images.labels());
    assertEquals(0, SmallModels.pipeline(4, 4, 1, 0).sample(request).labels().length);
  }

  @Test
  void seedsAndLabelsMatter() {
    byte[] first = model.sample(request).pixels();
    assertArrayEquals(first, model.sample(request).pixels());
    assertFalse(Arrays.equals(first, model.sample(request.seed(4)).pixels()));
    byte[] zeros = model.sample(request.label(0)).pixels();
    byte[] ones = model.sample(request.label(1)).pixels();
    assertFalse(Arrays.equals(zeros, ones));
  }

  @Test
  void theResultDoesNotDependOnTheBatchSize() {
    for (SampleRequest r :
        List.of(
            request,
            request.sampler(new DdimSampler(1), "ddim5"),
            request.sampler(new DdpmSampler(), "3,2"))) {
      byte[] whole = model.sample(r.batch(7)).pixels();
      assertArrayEquals(whole, model.sample(r.batch(1)).pixels(), r.toString());
      assertArrayEquals(whole, model.sample(r.batch(3)).pixels(), r.toString());
    }
  }

  @Test
  void otherSizesThatTheLevelsDivide() {
    assertEquals(Shape.of(7, 8, 2, 3), model.sample(request.size(8, 2)).shape());
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> model.sample(request.size(5, 6)));
    assertTrue(e.getMessage().contains("multiples of 2"), e.getMessage());
  }

  @Test
  void savedModelsSampleTheSame() throws IOException {
    Path file = folder.resolve("model.safetensors");
    model.save(file);
    Pipeline loaded = Pipeline.load(file);
    assertEquals(model.config(), loaded.config());
    assertArrayEquals(model.sample(request).pixels(), loaded.sample(request).pixels());
  }

  @Test
  void badFilesAreNamed() throws IOException {
    Path missing = folder.resolve("missing.safetensors");
    assertThrows(NoSuchFileException.class, () -> Pipeline.load(missing));
    Path text = folder.resolve("text.safetensors");
    Files.write(text, "not a model at all".getBytes(StandardCharsets.UTF_8));
    FormatException e = assertThrows(FormatException.class, () -> Pipeline.load(text));
    assertTrue(e.getMessage().contains("text.safetensors"), e.getMessage());
    Path bare = folder.resolve("bare.safetensors");
    new Checkpoint<>(NetworkKind.UNET, model.model(), java.util.Map.of()).save(bare);
    FormatException noDiffusion = assertThrows(FormatException.class, () -> Pipeline.load(bare));
    assertTrue(
        noDiffusion.getMessage().contains("diffusion.class_names"), noDiffusion.getMessage());
  }

  @Test
  void requestsTooLargeForOneArrayAreRefused() {
    int count = 1 << 20;
    for (SampleRequest large :
        List.of(
            SampleRequest.of(count).size(32, 32),
            SampleRequest.of(count).size(1 << 30, 1 << 30),
            SampleRequest.of(1).size(1 << 30, 2))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> model.sample(large));
      String named =
          large.count() + " images of " + large.height() + "x" + large.width() + " with 3 channels";
      assertTrue(e.getMessage().startsWith(named), e.getMessage());
    }
  }

  @Test
  void theDefaultIsFiftyStepsOrTheWholeOfAShorterChain() {
    assertEquals(50, stepsByDefault(model));
    DiffusionConfig shorter = model.config().withSchedule("cosine", 7);
    assertEquals(7, stepsByDefault(Pipeline.of(model.model(), shorter)));
  }

  private static int stepsByDefault(Pipeline pipeline) {
    List<Integer> totals = new ArrayList<>();
    pipeline.sample(SampleRequest.of(1), (first, step) -> totals.add(step.total()));
    assertEquals(totals.size(), totals.getLast());
    return totals.size();
  }

  @Test
  void requestsThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> SampleRequest.of(0));
    assertThrows(IllegalArgumentException.class, () -> request.batch(0));
    assertThrows(IllegalArgumentException.class, () -> request.labels(List.of(1, 2)));
    assertThrows(IllegalArgumentException.class, () -> model.sample(request.label(5)));
    assertThrows(IllegalArgumentException.class, () -> model.sample(request.label(-1)));
    assertThrows(IllegalArgumentException.class, () -> model.sample(request.steps(1001)));
    Pipeline unlabelled = SmallModels.pipeline(4, 4, 1, 0);
    assertThrows(IllegalArgumentException.class, () -> unlabelled.sample(request.label(0)));
    DiffusionConfig twoNames = DiffusionConfig.defaults(4, 4, List.of("a", "b"));
    assertThrows(IllegalArgumentException.class, () -> Pipeline.of(model.model(), twoNames));
  }

  @Test
  void theListenerSeesEveryStepOfEveryBatchAndCanCancel() {
    List<String> seen = new ArrayList<>();
    model.sample(
        request.batch(4),
        (first, step) -> seen.add(first + ":" + step.done() + "/" + step.total()));
    assertEquals(
        List.of("0:1/4", "0:2/4", "0:3/4", "0:4/4", "4:1/4", "4:2/4", "4:3/4", "4:4/4"), seen);
    assertThrows(
        CancellationException.class, () -> model.sample(request, (first, step) -> step.done() < 2));
  }

  @Test
  void describesTheKernelsOfOneEvaluation() {
    String one = model.describe(1);
    assertTrue(one.contains("convolution") && one.contains("share of operations"), one);
    assertTrue(model.describe(3).contains("3x"));
    assertThrows(IllegalArgumentException.class, () -> model.describe(0));
  }

  @Test
  void oneModelServesManyThreads() throws Exception {
    byte[] expected = model.sample(request).pixels();
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      Callable<byte[]> task = () -> model.sample(request).pixels();
      for (Future<byte[]> f : pool.invokeAll(java.util.Collections.nCopies(24, task))) {
        assertArrayEquals(expected, f.get());
      }
    }
  }
}
