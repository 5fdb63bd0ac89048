package ornstein.engine.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import ornstein.engine.Functional;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.kernel.Unary;

class ProgramTest {
  private static Kernels kernels;

  @BeforeAll
  static void open() {
    kernels = KernelsProvider.vector(2);
  }

  @AfterAll
  static void close() {
    kernels.close();
  }

  /** A little network with everything that a program treats in its own way. */
  private static final class Network {
    final Tensor x = Rng.of(1).normal(Shape.of(2, 8, 8, 16));
    final Tensor weight = Rng.of(2).normal(Shape.of(3, 3, 16, 16)).mul(0.1f).requiresGrad();
    final Tensor bias = Rng.of(3).normal(Shape.of(16)).requiresGrad();
    final Tensor scale = Tensor.full(Shape.of(16), 1f).requiresGrad();

    Tensor forward() {
      Tensor h = Functional.groupNorm(x, 4, scale, bias, null, 1e-5f, Unary.SILU);
      h = Functional.conv2d(h, weight, bias, x, 1, 1);
      return Tensor.concat(-1, List.of(h.slice(3, 4, 16), h)).add(1f);
    }

    List<Tensor> lossAndGradients() {
      Tensor loss = forward().square().mean();
      Gradients g = loss.backward();
      return List.of(loss, g.get(weight), g.get(bias), g.get(scale));
    }
  }

  private static void write(Tensor to, Tensor from) {
    float[] values = from.toArray();
    KernelsProvider.current().write(values, 0, to.buffer(), 0, values.length);
  }

  @Test
  void everyRunReadsThePresentData() {
    KernelsProvider.with(
        kernels,
        () -> {
          Network n = new Network();
          Program p = Program.record(n::lossAndGradients);
          for (int run = 0; run < 3; run++) {
            write(n.x, Rng.of(run).normal(n.x.shape()));
            write(n.weight, Rng.of(run + 10).normal(n.weight.shape()));
            p.run();
            List<Tensor> expected = n.lossAndGradients();
            for (int i = 0; i < expected.size(); i++) {
              Tensor actual = p.outputs().get(i);
              assertArrayEquals(expected.get(i).toArray(), actual.toArray(), "output " + i);
            }
          }
          return null;
        });
  }

  /**
   * Packed weights are kept, shared by programs, and made anew when any verb changes the weights.
   */
  @Test
  void packedWeightsFollowTheirSource() {
    KernelsProvider.with(
        kernels,
        () -> {
          Network n = new Network();
          Program first = Program.record(() -> List.of(n.forward()));
          Program second = Program.record(() -> List.of(n.forward()));
          Program change =
              Program.record(
                  () -> {
                    Tensor half = Tensor.scalar(0.5f);
                    KernelsProvider.current()
                        .lerp(half.buffer(), n.weight.mul(2f).buffer(), n.weight.buffer());
                    return List.of();
                  });
          for (int run = 0; run < 2; run++) {
            first.run();
            second.run();
            float[] expected = n.forward().toArray();
            assertArrayEquals(expected, first.outputs().get(0).toArray());
            assertArrayEquals(expected, second.outputs().get(0).toArray());
            change.run();
            first.run();
            assertArrayEquals(n.forward().toArray(), first.outputs().get(0).toArray());
            KernelsProvider.current().fill(0.25f, n.weight.buffer());
          }
          return null;
        });
  }

  @Test
  void intermediatesShareMemory() {
    KernelsProvider.with(
        kernels,
        () -> {
          Tensor x = Tensor.zeros(1000);
          Program chain =
              Program.record(
                  () -> {
                    Tensor y = x;
                    for (int i = 0; i < 50; i++) {
                      y = y.apply(Unary.TANH);
                    }
                    return List.of(y);
                  });
          assertTrue(chain.arenaBytes() <= 3 * 4 * 1008, chain.arenaBytes() + " bytes");
          return null;
        });
  }

  @Test
  void randomNumbersFollowTheirStoredState() {
    KernelsProvider.with(
        kernels,
        () -> {
          float[] state = new float[8];
          Rng.of(5).split(1).putState(state, 0);
          Tensor stored = Tensor.of(state);
          Program p =
              Program.record(
                  () -> {
                    Rng rng = Rng.stored(stored);
                    return List.of(rng.normal(Shape.of(9)), rng.uniform(Shape.of(7)));
                  });
          for (int seed = 5; seed < 7; seed++) {
            Rng.of(seed).split(1).putState(state, 0);
            write(stored, Tensor.of(state));
            p.run();
            Rng rng = Rng.of(seed).split(1);
            assertArrayEquals(
                rng.normal(Shape.of(9)).toArray(), p.outputs().get(0).toArray(), "normal");
            assertArrayEquals(
                rng.uniform(Shape.of(7)).toArray(), p.outputs().get(1).toArray(), "uniform");
          }
          return null;
        });
  }

  @Test
  void refusesToReadWhileRecording() {
    KernelsProvider.with(
        kernels,
        () -> {
          Tensor x = Tensor.scalar(1f);
          IllegalStateException e =
              assertThrows(
                  IllegalStateException.class,
                  () ->
                      Program.record(
                          () -> {
                            x.add(1f).item();
                            return List.of();
                          }));
          assertTrue(String.valueOf(e.getMessage()).contains("recorded"), e.getMessage());
          return null;
        });
  }

  @Test
  void refusesTwoRunsAtOnce() throws InterruptedException {
    KernelsProvider.with(
        kernels,
        () -> {
          Tensor x = Tensor.zeros(4_000_000);
          Program p =
              Program.record(
                  () -> List.of(x.apply(Unary.GELU).apply(Unary.GELU).apply(Unary.GELU)));
          CountDownLatch started = new CountDownLatch(1);
          Thread other =
              new Thread(
                  () -> {
                    started.countDown();
                    for (int i = 0; i < 20; i++) {
                      try {
                        p.run();
                      } catch (IllegalStateException e) {
                        return; // it met the main thread's run: just as good
                      }
                    }
                  });
          other.start();
          try {
            started.await();
            boolean refused = false;
            for (int i = 0; i < 100 && other.isAlive() && !refused; i++) {
              try {
                p.run();
              } catch (IllegalStateException e) {
                refused = String.valueOf(e.getMessage()).contains("another thread");
              }
            }
            assertTrue(refused || !other.isAlive());
            other.join();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return null;
        });
  }

  @Test
  void describesItsKernels() {
    KernelsProvider.with(
        kernels,
        () -> {
          Network n = new Network();
          Program p = Program.record(() -> List.of(n.forward()));
          String text = p.describe();
          assertTrue(text.contains("convolution + residual"), text);
          assertTrue(text.contains("group norm + silu"), text);
          assertTrue(text.contains("2x8x8x16 * 3x3x16 F4"), text);
          assertEquals(2L * 2 * 64 * 9 * 16 * 16, p.flops());
          return null;
        });
  }
}
