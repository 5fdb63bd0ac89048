package ornstein.engine.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
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
import ornstein.engine.kernel.Prepared;
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

  /** The other run is held within the program until this one has been refused. */
  @Test
  void refusesTwoRunsAtOnce() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Prepared held =
        new Prepared() {
          @Override
          public void run() {
            entered.countDown();
            try {
              leave.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }

          @Override
          public void run(long[] nanos) {
            run();
          }

          @Override
          public long bytes() {
            return 0;
          }

          @Override
          public long scratchBytes() {
            return 0;
          }
        };
    Tensor x = KernelsProvider.with(kernels, () -> Tensor.zeros(3));
    Program p =
        KernelsProvider.with(preparing(held), () -> Program.record(() -> List.of(x.add(1f))));
    Thread other = new Thread(p::run);
    other.start();
    entered.await();
    IllegalStateException e = assertThrows(IllegalStateException.class, p::run);
    assertTrue(String.valueOf(e.getMessage()).contains("another thread"), e.getMessage());
    leave.countDown();
    other.join();
    p.run();
  }

  /** The kernels, but all that is prepared is one thing. */
  private static Kernels preparing(Prepared prepared) {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (proxy, method, arguments) ->
                method.getName().equals("prepare") ? prepared : method.invoke(kernels, arguments));
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
          assertTrue(text.contains("share of operations"), text);
          assertTrue(text.contains("100.0 %"), text);
          assertEquals(2L * 2 * 64 * 9 * 16 * 16, p.flops());
          return null;
        });
  }
}
