package ornstein.nn.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.kernel.Buffer;
import ornstein.nn.Parameter;

/** Finds the gradient of every parameter, or says whose is missing. */
final class NamedGradients {
  private NamedGradients() {}

  static SequencedMap<String, Buffer> of(
      SequencedMap<String, Parameter> parameters, Gradients gradients) {
    SequencedMap<String, Buffer> found = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    parameters.forEach(
        (name, p) -> {
          Tensor g = gradients.find(p.value());
          if (g == null) {
            missing.add(name);
          } else {
            found.put(name, g.buffer());
          }
        });
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "the loss does not depend on "
              + missing.size()
              + " of the trained parameters: "
              + String.join(", ", missing));
    }
    return found;
  }
}
