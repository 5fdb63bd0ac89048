package ornstein.engine.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class WorkerTeamTest {
  @Test
  void everyTaskRunsOnce() {
    try (WorkerTeam team = new WorkerTeam(3)) {
      for (int tasks : new int[] {0, 1, 2, 3, 7, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        team.run(
            tasks,
            1,
            (slot, from, to) -> {
              for (int i = from; i < to; i++) {
                runs.incrementAndGet(i);
              }
            });
        for (int i = 0; i < tasks; i++) {
          assertEquals(1, runs.get(i), "task " + i + " of " + tasks);
        }
      }
    }
  }

  @Test
  void partitionsAreStaticAndRespectTheGrain() {
    try (WorkerTeam team = new WorkerTeam(4)) {
      int[] owner = new int[10];
      team.run(
          10,
          5,
          (slot, from, to) -> {
            for (int i = from; i < to; i++) {
              owner[i] = from;
            }
          });
      assertArrayEquals(new int[] {0, 0, 0, 0, 0, 5, 5, 5, 5, 5}, owner);
    }
  }

  @Test
  void failuresReachTheCallerAndTheTeamSurvives() {
    try (WorkerTeam team = new WorkerTeam(2)) {
      for (int bad = 0; bad < 2; bad++) {
        int part = bad;
        IllegalStateException e =
            assertThrows(
                IllegalStateException.class,
                () ->
                    team.run(
                        2,
                        1,
                        (slot, from, to) -> {
                          if (from == part) {
                            throw new IllegalStateException("part " + part);
                          }
                        }));
        assertEquals("part " + part, e.getMessage());
      }
      team.run(2, 1, (slot, from, to) -> {});
    }
  }

  @Test
  void nestedCallsRunInPlace() {
    try (WorkerTeam team = new WorkerTeam(2)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(8);
      team.run(
          2,
          1,
          (slot, from, to) -> {
            for (int outer = from; outer < to; outer++) {
              int base = outer * 4;
              team.run(
                  4,
                  1,
                  (inner, f, t) -> {
                    for (int i = f; i < t; i++) {
                      runs.incrementAndGet(base + i);
                    }
                  });
            }
          });
      for (int i = 0; i < 8; i++) {
        assertEquals(1, runs.get(i));
      }
    }
  }

  @Test
  void severalCallersShareOneTeam() throws InterruptedException {
    try (WorkerTeam team = new WorkerTeam(2)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(4);
      List<Thread> callers = new ArrayList<>();
      for (int c = 0; c < 4; c++) {
        int caller = c;
        callers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 500; i++) {
                        team.run(4, 1, (slot, from, to) -> runs.addAndGet(caller, to - from));
                      }
                    }));
      }
      for (Thread t : callers) {
        t.join();
      }
      for (int c = 0; c < 4; c++) {
        assertEquals(2000, runs.get(c));
      }
    }
  }

  @Test
  void parkedWorkersWakeUpAndCloseStopsThem() {
    WorkerTeam team = new WorkerTeam(3);
    AtomicIntegerArray runs = new AtomicIntegerArray(1);
    team.run(3, 1, (slot, from, to) -> runs.addAndGet(0, to - from));
    LockSupport.parkNanos(50_000_000);
    team.run(3, 1, (slot, from, to) -> runs.addAndGet(0, to - from));
    assertEquals(6, runs.get(0));
    team.close();
    team.run(3, 1, (slot, from, to) -> runs.addAndGet(0, to - from));
    assertEquals(9, runs.get(0));
    assertEquals(2, team.workerThreads().size());
    for (Thread worker : team.workerThreads()) {
      assertFalse(worker.isAlive(), worker.getName());
    }
    assertThrows(IllegalArgumentException.class, () -> new WorkerTeam(0));
  }

  private static Set<Thread> threadsOf(WorkerTeam team, int parts) {
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    CountDownLatch all = new CountDownLatch(parts);
    team.run(
        parts,
        1,
        (slot, from, to) -> {
          seen.add(Thread.currentThread());
          all.countDown();
          awaitSeconds(all); // nobody takes two parts
        });
    return seen;
  }

  @Test
  void aRestedTeamHasNoThreadsUntilTheNextCall() {
    try (WorkerTeam team = new WorkerTeam(3)) {
      team.rest();
      assertEquals(List.of(), team.workerThreads());
      for (int i = 0; i < 3; i++) {
        assertEquals(3, threadsOf(team, 3).size());
        List<Thread> workers = team.workerThreads();
        team.rest();
        assertEquals(2, workers.size());
        for (Thread worker : workers) {
          assertFalse(worker.isAlive(), worker.getName());
        }
      }
    }
  }

  /** Threads come and go beneath callers that do not notice. */
  @Test
  void restingDisturbsNoCall() throws InterruptedException {
    try (WorkerTeam team = new WorkerTeam(3)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(2);
      List<Thread> callers = new ArrayList<>();
      for (int c = 0; c < 2; c++) {
        int caller = c;
        callers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 300; i++) {
                        team.run(6, 1, (slot, from, to) -> runs.addAndGet(caller, to - from));
                      }
                    }));
      }
      for (int i = 0; i < 100; i++) {
        team.rest();
      }
      for (Thread t : callers) {
        t.join();
      }
      assertEquals(1800, runs.get(0));
      assertEquals(1800, runs.get(1));
    }
  }

  @Test
  void idleWorkersEndByThemselves() throws InterruptedException {
    try (WorkerTeam team = new WorkerTeam(2, 50_000_000)) {
      for (int i = 0; i < 2; i++) {
        assertEquals(2, threadsOf(team, 2).size());
        Thread worker = team.workerThreads().getFirst();
        worker.join(30_000);
        assertFalse(worker.isAlive());
      }
    }
  }

  /** A worker lives on when its caller is gone: it must not hold the caller's class loader. */
  @Test
  void workersInheritNothingFromTheirCaller() {
    Thread caller = Thread.currentThread();
    ClassLoader before = caller.getContextClassLoader();
    ClassLoader own = new ClassLoader() {};
    caller.setContextClassLoader(own);
    try (WorkerTeam team = new WorkerTeam(2)) {
      team.run(2, 1, (slot, from, to) -> {});
      for (Thread worker : team.workerThreads()) {
        assertNotSame(own, worker.getContextClassLoader());
      }
    } finally {
      caller.setContextClassLoader(before);
    }
  }

  /** Who computes beside others leaves them their threads. */
  @Test
  void asManyCallersAsThreadsShareNothing() {
    try (WorkerTeam team = new WorkerTeam(3)) {
      int[] parts = new int[4];
      for (int callers = 1; callers <= 4; callers++) {
        team.enter();
        AtomicInteger count = new AtomicInteger();
        team.run(6, 1, (slot, from, to) -> count.incrementAndGet());
        parts[callers - 1] = count.get();
      }
      assertArrayEquals(new int[] {3, 2, 1, 1}, parts);
      for (int callers = 4; callers > 0; callers--) {
        team.leave();
      }
      AtomicInteger count = new AtomicInteger();
      team.run(6, 1, (slot, from, to) -> count.incrementAndGet());
      assertEquals(3, count.get());
    }
  }

  /** While the caller is busy with its own part, a worker that has done its part sleeps. */
  @Test
  void anIdleWorkerBurnsNoCore() {
    try (WorkerTeam team = new WorkerTeam(2)) {
      team.run(2, 1, (slot, from, to) -> {}); // starts it
      Thread worker = team.workerThreads().getFirst();
      Thread caller = Thread.currentThread();
      AtomicReference<Thread.State> seen = new AtomicReference<>(Thread.State.NEW);
      CountDownLatch callerAtWork = new CountDownLatch(1);
      team.run(
          2,
          1,
          (slot, from, to) -> {
            if (Thread.currentThread() == caller) {
              callerAtWork.countDown();
            } else {
              awaitSeconds(callerAtWork); // or it would do the caller's part too
            }
            long end = System.nanoTime() + 5_000_000_000L;
            while (Thread.currentThread() == caller
                && seen.get() != Thread.State.TIMED_WAITING
                && System.nanoTime() < end) {
              LockSupport.parkNanos(1_000_000);
              seen.set(worker.getState());
            }
          });
      assertEquals(Thread.State.TIMED_WAITING, seen.get());
    }
  }

  private static void awaitSeconds(CountDownLatch latch) {
    try {
      assertTrue(latch.await(5, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
