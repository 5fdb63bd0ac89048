package ornstein.engine.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import ornstein.engine.Tensor;

/**
 * Gradients of random graphs of linear operations, in which tensors are used several times and
 * gradient buffers are handed on unchanged. Each tensor is a known integer combination of the two
 * leaves, so the gradients are known exactly.
 */
class RandomGraphProperties {
  /** A tensor and its coefficients with respect to the two leaves. */
  private record Value(Tensor tensor, long onX, long onY) {
    Value plus(Value other) {
      return new Value(tensor.add(other.tensor), onX + other.onX, onY + other.onY);
    }

    Value minus(Value other) {
      return new Value(tensor.sub(other.tensor), onX - other.onX, onY - other.onY);
    }

    Value times(int factor) {
      return new Value(tensor.mul(factor), onX * factor, onY * factor);
    }

    Value reshaped() {
      return new Value(tensor.reshape(1, -1).reshape(-1), onX, onY);
    }
  }

  @Property
  void gradientsAreTheCoefficients(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 9_999) Integer> choices) {
    Tensor x = Tensor.of(new float[] {1, 2, 3}).requiresGrad();
    Tensor y = Tensor.of(new float[] {4, 5, 6}).requiresGrad();
    List<Value> values = new ArrayList<>();
    values.add(new Value(x, 1, 0));
    values.add(new Value(y, 0, 1));
    values.add(values.get(0).plus(values.get(1)));
    for (int choice : choices) {
      Value a = values.get(choice / 10 % values.size());
      Value b = values.get(choice / 100 % values.size());
      values.add(
          switch (choice % 4) {
            case 0 -> a.plus(b);
            case 1 -> a.minus(b);
            case 2 -> a.times(choice % 3 + 1);
            default -> a.reshaped();
          });
    }
    Value result = values.getFirst();
    for (Value v : values) {
      result = result.plus(v);
    }
    Gradients g = result.tensor().sum().backward();
    for (int i = 0; i < 3; i++) {
      assertEquals((float) result.onX(), g.get(x).toArray()[i]);
      assertEquals((float) result.onY(), g.get(y).toArray()[i]);
    }
  }
}
