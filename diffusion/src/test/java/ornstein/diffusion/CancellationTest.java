package ornstein.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.DdpmSampler;
import ornstein.diffusion.sampler.Langevin;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.solver.SolverName;
import ornstein.diffusion.solver.TimeGrid;

/** Interrupted threads and closed models end sampling within one step. */
@Timeout(60)
class CancellationTest {
  private final Pipeline model = SmallModels.pipeline(4, 6, 3, 5);
  private final SampleRequest request = SampleRequest.of(3).seed(3).steps(20);

  static List<Sampler> samplers() {
    return List.of(
        new DdimSampler(0),
        new DdpmSampler(),
        Langevin.annealed(2, 0.1),
        SolverName.DPMPP_2M.along(TimeGrid.visited()),
        SolverName.RK45.along(TimeGrid.visited()));
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void anInterruptEndsSamplingWithinOneStep(Sampler sampler) {
    SampleRequest own = request.sampler(sampler, "20");
    byte[] expected = model.sample(own).pixels();
    List<Integer> seen = new ArrayList<>();
    CancellationException e =
        assertThrows(
            CancellationException.class,
            () ->
                model.sample(
                    own,
                    (first, step) -> {
                      seen.add(step.done());
                      if (step.done() == 3) {
                        Thread.currentThread().interrupt();
                      }
                      return true;
                    }));
    assertTrue(Thread.interrupted(), "the interrupt is left to the caller");
    assertEquals("sampling was cancelled: its thread was interrupted", e.getMessage());
    assertEquals(List.of(1, 2, 3), seen);
    assertArrayEquals(expected, model.sample(own).pixels());
  }

  /** The way of a service: a task in a pool that is cancelled from outside. */
  @Test
  void aCancelledFutureMakesNoFurtherStep() throws Exception {
    byte[] expected = model.sample(request).pixels();
    AtomicInteger steps = new AtomicInteger();
    CountDownLatch atWork = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> task =
          threads.submit(
              () -> {
                try {
                  model.sample(
                      request,
                      (first, step) -> {
                        if (steps.incrementAndGet() == 2) {
                          atWork.countDown();
                          awaitInterrupt();
                        }
                        return true;
                      });
                } catch (CancellationException e) {
                  thrown.set(e);
                } finally {
                  ended.countDown();
                }
              });
      atWork.await();
      task.cancel(true);
      ended.await();
      assertEquals(2, steps.get());
      assertTrue(thrown.get() instanceof CancellationException);
      // the same thread, whose interrupt the pool has cleared
      assertArrayEquals(expected, threads.submit(() -> model.sample(request).pixels()).get());
    }
  }

  private static void awaitInterrupt() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Thread.currentThread().isInterrupted() && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void anInterruptedThreadDoesNotBegin() {
    List<Integer> seen = new ArrayList<>();
    Thread.currentThread().interrupt();
    assertThrows(
        CancellationException.class,
        () -> model.sample(request, (first, step) -> seen.add(step.done())));
    assertTrue(Thread.interrupted());
    assertEquals(List.of(), seen);
  }

  @Test
  void anInterruptAfterTheLastStepComesTooLate() {
    byte[] expected = model.sample(request).pixels();
    byte[] pixels =
        model
            .sample(
                request,
                (first, step) -> {
                  if (step.done() == step.total()) {
                    Thread.currentThread().interrupt();
                  }
                  return true;
                })
            .pixels();
    assertTrue(Thread.interrupted());
    assertArrayEquals(expected, pixels);
  }

  /** All places are taken: who waits in line can be cancelled, and makes no step. */
  @Test
  void waitingInLineCanBeInterrupted() throws Exception {
    int places = Runtime.getRuntime().availableProcessors();
    CountDownLatch taken = new CountDownLatch(places);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger steps = new AtomicInteger();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<byte[]>> holders = new ArrayList<>();
      for (int i = 0; i < places; i++) {
        holders.add(
            threads.submit(
                () ->
                    model
                        .sample(
                            request,
                            (first, step) -> {
                              taken.countDown();
                              await(go);
                              return true;
                            })
                        .pixels()));
      }
      taken.await();
      Thread waiting =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      model.sample(request, (first, step) -> steps.incrementAndGet() > 0);
                    } catch (CancellationException e) {
                      thrown.set(e);
                    }
                  });
      while (waiting.getState() != Thread.State.WAITING) {
        Thread.sleep(1);
      }
      waiting.interrupt();
      waiting.join();
      assertTrue(thrown.get() instanceof CancellationException, "cancelled before its turn");
      assertEquals(0, steps.get());
      go.countDown();
      byte[] expected = model.sample(request).pixels();
      for (Future<byte[]> holder : holders) {
        assertArrayEquals(expected, holder.get());
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void closingEndsWhatIsAtWorkAndRefusesTheRest() {
    List<Integer> seen = new ArrayList<>();
    CancellationException e =
        assertThrows(
            CancellationException.class,
            () ->
                model.sample(
                    request,
                    (first, step) -> {
                      if (step.done() == 4) {
                        model.close();
                      }
                      return seen.add(step.done());
                    }));
    assertEquals("sampling was cancelled: the model was closed", e.getMessage());
    assertEquals(List.of(1, 2, 3, 4), seen);
    IllegalStateException later =
        assertThrows(IllegalStateException.class, () -> model.sample(request));
    assertEquals("the model has been closed; load it again", later.getMessage());
    assertFalse(later instanceof CancellationException);
    assertEquals(0, model.process().programs().size());
    model.close();
  }
}
