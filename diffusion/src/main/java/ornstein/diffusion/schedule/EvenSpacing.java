package ornstein.diffusion.schedule;

import java.util.Arrays;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The rules by which programs spread a number of timesteps over a chain of T. */
enum EvenSpacing {
  /** The DDIM code's range(0, T, T // count). */
  UNIFORM {
    @Override
    void visit(int steps, int count, SortedSet<Integer> kept) {
      for (int t = 0; t < steps; t += steps / count) {
        kept.add(t + 1);
      }
    }
  },
  /** The DDIM code's int(linspace(0, √(0.8 T), count)²). */
  QUAD {
    @Override
    void visit(int steps, int count, SortedSet<Integer> kept) {
      for (int i = 0; i < count; i++) {
        double root = linspace(0, Math.sqrt(steps * 0.8), count, i);
        kept.add((int) (root * root) + 1);
      }
    }
  },
  /** diffusers' leading, without an offset. */
  LEADING {
    @Override
    void visit(int steps, int count, SortedSet<Integer> kept) {
      for (int i = 0; i < count; i++) {
        kept.add(i * (steps / count) + 1);
      }
    }
  },
  /** diffusers' trailing. */
  TRAILING {
    @Override
    void visit(int steps, int count, SortedSet<Integer> kept) {
      for (int i = 0; i < count; i++) {
        kept.add((int) Math.rint(steps - i * (steps / (double) count)));
      }
    }
  },
  /** diffusers' linspace. */
  LINSPACE {
    @Override
    void visit(int steps, int count, SortedSet<Integer> kept) {
      for (int i = 0; i < count; i++) {
        kept.add((int) Math.rint(linspace(0, steps - 1, count, i)) + 1);
      }
    }
  },
  /** int(linspace(−1, T − 1, count + 1)) without its first: as LINSPACE, but from clean data. */
  SPAN {
    @Override
    void visit(int steps, int count, SortedSet<Integer> kept) {
      for (int i = 1; i <= count; i++) {
        kept.add((int) linspace(-1, steps - 1, count + 1, i) + 1);
      }
    }
  };

  /** Adds the visited timesteps, counted from 1, to the kept ones. */
  abstract void visit(int steps, int count, SortedSet<Integer> kept);

  TimestepSpacing of(int count) {
    String name = name().toLowerCase(Locale.ROOT);
    if (count < 1) {
      throw new IllegalArgumentException(name + " spacing needs at least 1 timestep, got " + count);
    }
    return steps -> {
      if (count > steps) {
        throw new IllegalArgumentException(
            name + " spacing cannot visit " + count + " timesteps of a chain of " + steps);
      }
      SortedSet<Integer> kept = new TreeSet<>();
      visit(steps, count, kept);
      return kept.stream().mapToInt(Integer::intValue).toArray();
    };
  }

  static EvenSpacing named(String name) {
    for (EvenSpacing s : values()) {
      if (s.name().equalsIgnoreCase(name.strip())) {
        return s;
      }
    }
    throw new IllegalArgumentException(
        "unknown timestep spacing '"
            + name
            + "'; use one of "
            + Arrays.stream(values())
                .map(s -> s.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
  }

  /** NumPy's: evenly from first to last, which is exact. */
  private static double linspace(double first, double last, int count, int i) {
    return i == count - 1 && i > 0 ? last : first + i * ((last - first) / Math.max(1, count - 1));
  }
}
