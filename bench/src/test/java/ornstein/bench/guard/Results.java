package ornstein.bench.guard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** A meter that gives prepared ratios, and remembers what it was asked for. */
public final class Results implements Meter {
  /** Names of the figures in the order in which they were measured. */
  public final List<String> asked = new ArrayList<>();

  private final Map<String, Queue<Measurement>> prepared = new LinkedHashMap<>();

  /** Prepares ratios for a figure, to be given in this order. */
  public Results give(String figure, double... ratios) {
    return give(figure, true, ratios);
  }

  /** Prepares ratios measured while the cores were busy. */
  Results giveDisturbed(String figure, double... ratios) {
    return give(figure, false, ratios);
  }

  private Results give(String figure, boolean undisturbed, double... ratios) {
    Queue<Measurement> queue = prepared.computeIfAbsent(figure, name -> new ArrayDeque<>());
    Arrays.stream(ratios)
        .mapToObj(ratio -> new Measurement(100 * ratio, "GFLOP/s", ratio, undisturbed))
        .forEach(queue::add);
    return this;
  }

  @Override
  public Measurement measure(Figure figure) {
    asked.add(figure.name());
    Queue<Measurement> queue = prepared.get(figure.name());
    if (queue == null || queue.isEmpty()) {
      throw new AssertionError(figure.name() + " was measured once too often");
    }
    return queue.remove();
  }

  /** A figure of this name. */
  public static Figure figure(String name) {
    return new Figure(name, Results.class, "measure", Map.of(), false, 1, 1);
  }
}
