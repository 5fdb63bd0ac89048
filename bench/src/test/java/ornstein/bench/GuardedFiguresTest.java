package ornstein.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import ornstein.bench.guard.Figure;

class GuardedFiguresTest {
  @Test
  void namesAreDistinct() {
    List<String> names = GuardedFigures.all().stream().map(Figure::name).toList();
    assertEquals(names.size(), Set.copyOf(names).size());
  }

  /** A parameter left open would make a figure of several measurements, of which one counts. */
  @Test
  void everyFigureIsABenchmarkWithAllItsParametersFixed() {
    for (Figure figure : GuardedFigures.all()) {
      List<Method> methods =
          Arrays.stream(figure.benchmark().getMethods())
              .filter(method -> method.getName().equals(figure.method()))
              .filter(method -> method.isAnnotationPresent(Benchmark.class))
              .toList();
      assertEquals(1, methods.size(), figure.name());
      Set<String> parameters = new TreeSet<>();
      Stream.concat(Stream.of(figure.benchmark()), Stream.of(methods.get(0).getParameterTypes()))
          .flatMap(state -> Arrays.stream(state.getDeclaredFields()))
          .filter(field -> field.isAnnotationPresent(Param.class))
          .map(Field::getName)
          .forEach(parameters::add);
      assertEquals(parameters, new TreeSet<>(figure.parameters().keySet()), figure.name());
    }
  }

  @Test
  void namesTellFiguresOnAllThreads() {
    for (Figure figure : GuardedFigures.all()) {
      assertEquals(figure.allThreads(), figure.name().endsWith("-threads"), figure.name());
      assertTrue(
          figure.parameters().getOrDefault("threads", "1").equals("1"),
          figure.name() + " must not fix a number of threads that a machine may not have");
    }
  }
}
