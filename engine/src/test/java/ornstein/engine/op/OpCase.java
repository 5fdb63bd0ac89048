package ornstein.engine.op;

import java.util.ArrayList;
import java.util.List;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.autograd.Gradients;

/**
 * An operation on concrete inputs.
 *
 * @param name what is special about the case
 * @param op the operation
 * @param inputs its inputs
 * @param differentiable how many of the first inputs are differentiated
 */
record OpCase(String name, Op op, List<Tensor> inputs, int differentiable) {
  /** Where the inputs' elements lie. */
  enum Domain {
    /** Standard normal. */
    REAL,
    /** From ½ to 2½. */
    POSITIVE,
    /** Multiples of ½, off by ¼: away from the kinks at 0 and ±1, and from ties. */
    OFF_KINKS
  }

  static OpCase of(String name, Op op, Domain domain, Shape... shapes) {
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < shapes.length; i++) {
      inputs.add(draw(Rng.of(7).split(i), domain, shapes[i]));
    }
    return new OpCase(name, op, inputs, shapes.length);
  }

  static Tensor draw(Rng rng, Domain domain, Shape shape) {
    return switch (domain) {
      case REAL -> rng.normal(shape);
      case POSITIVE -> rng.uniform(shape).affine(2f, 0.5f);
      case OFF_KINKS -> {
        // distinct values in random order, so that no two are within a difference step
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = (i - values.length / 2) * 0.5f + 0.25f;
        }
        for (int i = values.length - 1; i > 0; i--) {
          int j = rng.integers(1, i + 1)[0];
          float t = values[i];
          values[i] = values[j];
          values[j] = t;
        }
        yield Tensor.of(shape, values);
      }
    };
  }

  /** The result, then the gradient of each differentiated input. */
  List<float[]> results() {
    return resultsOn(leaves()).stream().map(Tensor::toArray).toList();
  }

  /** Copies of the inputs on the current back end, those that are differentiated as leaves. */
  List<Tensor> leaves() {
    List<Tensor> leaves = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Tensor copy = Tensor.of(inputs.get(i).shape(), inputs.get(i).toArray());
      leaves.add(i < differentiable ? copy.requiresGrad() : copy);
    }
    return leaves;
  }

  /** As {@link #results}, from given leaves. */
  List<Tensor> resultsOn(List<Tensor> leaves) {
    Tensor y = Autograd.apply(op, leaves.toArray(Tensor[]::new));
    List<Tensor> results = new ArrayList<>();
    results.add(y);
    Gradients g = y.backward(Rng.of(11).normal(y.shape()));
    for (int i = 0; i < differentiable; i++) {
      results.add(g.get(leaves.get(i)));
    }
    return results;
  }

  @Override
  public String toString() {
    return op.getClass().getSimpleName() + " " + name;
  }
}
