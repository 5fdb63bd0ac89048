package ornstein.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.DdpmSampler;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.sampler.SamplingStep;
import ornstein.diffusion.solver.SolverName;
import ornstein.diffusion.solver.TimeGrid;

/** One model that many threads sample from at once. */
@Timeout(300)
class ConcurrentSamplingTest {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** Heap that may come and go beside the model: compiled code's data, tests' own results. */
  private static final long SLACK = 16L << 20;

  private static final List<Sampler> SAMPLERS =
      List.of(
          new DdimSampler(0),
          new DdimSampler(1),
          new DdpmSampler(),
          SolverName.DPMPP_2M.along(TimeGrid.visited()),
          SolverName.HEUN.along(TimeGrid.visited()));

  private final Pipeline model = SmallModels.pipeline(4, 6, 3, 5);
  private final AtomicInteger atWork = new AtomicInteger();
  private final AtomicInteger mostAtWork = new AtomicInteger();

  @BeforeEach
  void warmUp() {
    bits(model, request(0));
  }

  /** The i-th of many requests, which differ in all that a caller can choose. */
  private static SampleRequest request(int i) {
    SplittableRandom rng = new SplittableRandom(i);
    int count = 1 + rng.nextInt(4);
    SampleRequest r = SampleRequest.of(count).seed(i).batch(1 + rng.nextInt(4));
    Sampler sampler = SAMPLERS.get(rng.nextInt(SAMPLERS.size()));
    r = r.sampler(sampler, Integer.toString(2 + rng.nextInt(3)));
    r = rng.nextInt(3) == 0 ? r.label(rng.nextInt(5)) : r;
    r = rng.nextInt(4) == 0 ? r.clip(false) : r;
    return rng.nextInt(4) == 0 ? r.size(2 + 2 * rng.nextInt(3), 4) : r;
  }

  /** The samples as the last step left them, before they are rounded to bytes. */
  private float[][] bits(Pipeline pipeline, SampleRequest request) {
    List<float[]> batches = new ArrayList<>();
    pipeline.sample(request, (first, step) -> follow(step, batches));
    return batches.toArray(float[][]::new);
  }

  private boolean follow(SamplingStep step, List<float[]> batches) {
    if (step.done() == 1) {
      mostAtWork.accumulateAndGet(atWork.incrementAndGet(), Math::max);
    }
    if (step.done() == step.total()) {
      atWork.decrementAndGet();
      batches.add(step.x().toArray());
    }
    return true;
  }

  private List<float[][]> all(ExecutorService threads, int from, int to) throws Exception {
    List<Callable<float[][]>> tasks =
        IntStream.range(from, to)
            .<Callable<float[][]>>mapToObj(i -> () -> bits(model, request(i)))
            .toList();
    List<float[][]> results = new ArrayList<>();
    for (Future<float[][]> f : threads.invokeAll(tasks)) {
      results.add(f.get());
    }
    return results;
  }

  private static void assertSame(float[][] expected, float[][] actual, String which) {
    assertEquals(expected.length, actual.length, which);
    for (int b = 0; b < expected.length; b++) {
      assertArrayEquals(expected[b], actual[b], which);
    }
  }

  /** Sixteen threads, a thousand requests: what each gives alone, in memory that does not grow. */
  @Test
  void aThousandRequestsOfSixteenThreads() throws Exception {
    List<float[][]> results = new ArrayList<>();
    long before;
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      results.addAll(all(threads, 0, 200));
      before = heapInUse();
      results.addAll(all(threads, 200, 1000));
    }
    long grown = heapInUse() - before;
    int idle = model.process().programs().size();
    assertTrue(grown < SLACK, "the heap has grown by " + grown + " bytes");
    assertTrue(idle <= 16, idle + " idle programs");
    assertTrue(mostAtWork.get() <= PROCESSORS, mostAtWork + " batches at once");

    Pipeline alone = SmallModels.pipeline(4, 6, 3, 5);
    for (int i = 0; i < results.size(); i++) {
      assertSame(bits(alone, request(i)), results.get(i), "request " + i + ": " + request(i));
    }
  }

  @Test
  void virtualThreadsAreServedToo() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<float[][]> results = all(threads, 0, 150);
      for (int i = 0; i < results.size(); i++) {
        assertSame(bits(model, request(i)), results.get(i), "request " + i);
      }
    }
    assertTrue(mostAtWork.get() <= PROCESSORS, mostAtWork + " batches at once");
  }

  /** A listener may sample itself: it does not wait for the place that it holds. */
  @Test
  void aListenerMaySample() throws Exception {
    float[][] expected = bits(model, request(1));
    List<float[][]> inner = new ArrayList<>();
    List<Callable<Object>> tasks =
        IntStream.range(0, PROCESSORS + 1)
            .<Callable<Object>>mapToObj(
                i ->
                    () ->
                        model.sample(
                            request(0),
                            (first, step) -> {
                              float[][] made = bits(model, request(1));
                              synchronized (inner) {
                                return inner.add(made);
                              }
                            }))
            .toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<Object> f : threads.invokeAll(tasks)) {
        f.get();
      }
    }
    assertTrue(inner.size() > PROCESSORS);
    for (float[][] made : inner) {
      assertSame(expected, made, "within a listener");
    }
  }

  private static long heapInUse() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
