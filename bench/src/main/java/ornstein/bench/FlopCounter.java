package ornstein.bench;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.kernel.Matmul;

/**
 * Counts the floating-point operations of convolutions, products and attention in a computation, by
 * the geometry that its calls of the kernels carry. Convolutions count as the direct algorithm
 * does, whatever the kernel saves; pointwise work and normalisation do not count.
 */
final class FlopCounter implements InvocationHandler {
  private final Kernels kernels;
  private final LongAdder flops = new LongAdder();

  private FlopCounter(Kernels kernels) {
    this.kernels = kernels;
  }

  /**
   * Runs a computation once and counts.
   *
   * @throws IllegalStateException if it called no kernel that counts: a rate would be 0 then
   */
  static long count(Supplier<?> computation) {
    FlopCounter counter = new FlopCounter(KernelsProvider.current());
    Kernels counting =
        (Kernels)
            Proxy.newProxyInstance(
                Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, counter);
    Object unused = KernelsProvider.with(counting, computation::get);
    long count = counter.flops.sum();
    if (count == 0) {
      throw new IllegalStateException(
          "no convolution, product or attention went through KernelsProvider.current(), so there"
              + " is no work to divide by the time; run the computation where it can be counted");
    }
    return count;
  }

  /** Attention: Q Kᵀ and P V. */
  static long flops(Attention g) {
    return 4L * g.batch() * g.heads() * g.queries() * g.keys() * g.dim();
  }

  /** Its gradient: five products, of which one computes the logits anew. */
  static long gradientFlops(Attention g) {
    return flops(g) / 2 * 5;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args)
      throws Throwable {
    if (args != null) {
      for (Object argument : args) {
        if (argument != null) {
          flops.add(flops(method, argument));
        }
      }
    }
    try {
      return method.invoke(kernels, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static long flops(Method method, Object argument) {
    return switch (argument) {
      case Convolution g -> g.flops();
      case Matmul g -> g.flops();
      case Attention g -> method.getName().endsWith("Gradient") ? gradientFlops(g) : flops(g);
      default -> 0;
    };
  }
}
