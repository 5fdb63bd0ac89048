package ornstein.diffusion.train;

import java.util.List;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.program.Program;

/**
 * The running mean of gradients over the microbatches of a step: a mean, not a sum, so that the
 * rate and the bound of the norm mean the same for any number of microbatches.
 */
final class GradientMean {
  private final List<Tensor> means;
  private final Tensor weight = Tensor.scalar(1f);
  private final Program clear;
  private final Program add;

  GradientMean(List<Tensor> gradients) {
    means = gradients.stream().map(g -> Tensor.full(g.shape(), 0f)).toList();
    clear =
        Program.record(
            () -> {
              Kernels kernels = KernelsProvider.current();
              means.forEach(m -> kernels.fill(0f, m.buffer()));
              return List.of();
            });
    add =
        Program.record(
            () -> {
              Kernels kernels = KernelsProvider.current();
              for (int i = 0; i < means.size(); i++) {
                kernels.lerp(weight.buffer(), gradients.get(i).buffer(), means.get(i).buffer());
              }
              return List.of();
            });
  }

  /** Takes the gradients in as they are now, those of microbatch k, from 0. */
  void add(int k) {
    if (k == 0) {
      clear.run();
    }
    weight.assign(new float[] {1f / (k + 1)});
    add.run();
  }

  /** The means, written by each {@link #add}. */
  List<Tensor> means() {
    return means;
  }
}
