package ornstein.bench.guard;

import java.util.Map;

/**
 * A guarded figure: a benchmark with its parameters.
 *
 * @param name its name in the record and in tables; letters, digits, hyphens and full stops
 * @param benchmark the class of the benchmark
 * @param method its method
 * @param parameters values of the benchmark's parameters by name
 * @param allThreads whether it is on all threads of the machine rather than on one
 * @param warmUpSeconds how long it is warmed up
 * @param batches how many short batches are measured, the best of which counts
 */
public record Figure(
    String name,
    Class<?> benchmark,
    String method,
    Map<String, String> parameters,
    boolean allThreads,
    int warmUpSeconds,
    int batches) {
  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if the name could not stand in the record
   */
  public Figure {
    parameters = Map.copyOf(parameters);
    if (!name.matches("[A-Za-z0-9.-]+")) {
      throw new IllegalArgumentException(
          "a figure's name has letters, digits, hyphens and full stops, not " + name);
    }
  }
}
