package ornstein.diffusion.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Chooses which timesteps of a long chain a short one visits. Any increasing choice is valid: the
 * training objective fixes only the marginals q(x<sub>t</sub>|x<sub>0</sub>), so a trained network
 * can be sampled along any subsequence τ (Song et al. 2021, "Denoising Diffusion Implicit Models",
 * section 4.2).
 */
@FunctionalInterface
public interface TimestepSpacing {

  /**
   * The timesteps to visit.
   *
   * @param steps the length T of the long chain, at least 1
   * @return τ<sub>1</sub> &lt; … &lt; τ<sub>S</sub>, each in 1 … T, at least one
   * @throws IllegalArgumentException if this spacing has no choice for a chain of that length
   */
  int[] timesteps(int steps);

  /**
   * Keeps every timestep.
   *
   * @return the spacing
   */
  static TimestepSpacing all() {
    return steps -> IntStream.rangeClosed(1, steps).toArray();
  }

  /**
   * Visits a number of timesteps, spread evenly as one of {@link #sections}, or all of a chain that
   * has no more.
   *
   * @param count the number of timesteps, at least 1
   * @return the spacing
   * @throws IllegalArgumentException if the count is below 1
   */
  static TimestepSpacing atMost(int count) {
    TimestepSpacing evenly = sections(count);
    return steps -> (steps <= count ? all() : evenly).timesteps(steps);
  }

  /**
   * Splits the chain into equal sections (the first T mod n are one longer) and visits a given
   * number of timesteps in each, from the section's first to its last, evenly, rounded half to even
   * (Nichol and Dhariwal 2021, section 4; the rule of improved-diffusion).
   *
   * @param counts the number of timesteps in each section, each at least 0 and not all 0
   * @return the spacing; it throws {@link IllegalArgumentException} for a chain whose sections are
   *     shorter than their counts
   * @throws IllegalArgumentException if there is no section, a count is negative, or all are 0
   */
  static TimestepSpacing sections(int... counts) {
    int[] wanted = counts.clone();
    long total = 0;
    for (int count : wanted) {
      if (count < 0) {
        throw new IllegalArgumentException("a section cannot keep " + count + " timesteps");
      }
      total += count;
    }
    if (total == 0) {
      throw new IllegalArgumentException("a spacing must keep at least one timestep");
    }
    return steps -> {
      TreeSet<Integer> kept = new TreeSet<>();
      int start = 1;
      for (int i = 0; i < wanted.length; i++) {
        int size = steps / wanted.length + (i < steps % wanted.length ? 1 : 0);
        if (size < wanted[i]) {
          throw new IllegalArgumentException(
              "cannot keep "
                  + wanted[i]
                  + " timesteps of a section of "
                  + size
                  + " (section "
                  + (i + 1)
                  + " of "
                  + wanted.length
                  + ", "
                  + steps
                  + " steps in all); ask for at most "
                  + size);
        }
        double stride = wanted[i] <= 1 ? 1 : (size - 1) / (double) (wanted[i] - 1);
        // The position is accumulated, not multiplied out: ties then round as the reference's do.
        double position = 0;
        for (int k = 0; k < wanted[i]; k++) {
          kept.add(start + (int) Math.rint(position));
          position += stride;
        }
        start += size;
      }
      return kept.stream().mapToInt(Integer::intValue).toArray();
    };
  }

  /**
   * Visits 1, 1 + k, 1 + 2k, … with the smallest whole stride k that gives exactly the count (Song
   * et al. 2021, appendix D.2; the {@code ddimN} rule of improved-diffusion). The last timestep T
   * is visited only when k divides T − 1.
   *
   * @param count the number of timesteps, at least 1
   * @return the spacing; it throws {@link IllegalArgumentException} for a chain that no stride
   *     below its length divides into that many
   * @throws IllegalArgumentException if the count is below 1
   */
  static TimestepSpacing ddim(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("ddim spacing needs at least 1 timestep, got " + count);
    }
    return steps -> {
      for (int stride = 1; stride < steps; stride++) {
        if ((steps - 1) / stride + 1 == count) {
          int[] kept = new int[count];
          for (int i = 0; i < count; i++) {
            kept[i] = 1 + i * stride;
          }
          return kept;
        }
      }
      throw new IllegalArgumentException(
          "no whole stride visits exactly "
              + count
              + " of "
              + steps
              + " timesteps; use '"
              + count
              + "' for an even spacing, or another count");
    };
  }

  /**
   * Visits 1, 1 + k, 1 + 2k, … with k = T/count rounded down (the DDIM code's uniform). Where count
   * does not divide T there are more than count of them.
   *
   * @param count the number of timesteps wanted, at least 1
   * @return the spacing
   * @throws IllegalArgumentException if the count is below 1
   */
  static TimestepSpacing uniform(int count) {
    return EvenSpacing.UNIFORM.of(count);
  }

  /**
   * Visits timesteps whose roots are evenly spaced up to √(0.8 T), rounded down (the DDIM code's
   * quad, with which its CIFAR-10 figures were made; Song et al. 2021, appendix D.2). Near clean
   * data some coincide, so that there may be fewer than count.
   *
   * @param count the number of timesteps wanted, at least 1
   * @return the spacing
   * @throws IllegalArgumentException if the count is below 1
   */
  static TimestepSpacing quadratic(int count) {
    return EvenSpacing.QUAD.of(count);
  }

  /**
   * Visits 1, 1 + k, … count of them, with k = T/count rounded down (Lin et al. 2024, table 2,
   * leading). The last timestep T is never visited unless all are.
   *
   * @param count the number of timesteps, at least 1
   * @return the spacing
   * @throws IllegalArgumentException if the count is below 1
   */
  static TimestepSpacing leading(int count) {
    return EvenSpacing.LEADING.of(count);
  }

  /**
   * Visits T, T − k, … with k = T/count, rounded half to even (Lin et al. 2024, table 2, trailing).
   *
   * @param count the number of timesteps, at least 1
   * @return the spacing
   * @throws IllegalArgumentException if the count is below 1
   */
  static TimestepSpacing trailing(int count) {
    return EvenSpacing.TRAILING.of(count);
  }

  /**
   * Visits count timesteps evenly from 1 to T, rounded half to even (Lin et al. 2024, table 2,
   * linspace).
   *
   * @param count the number of timesteps, at least 1
   * @return the spacing
   * @throws IllegalArgumentException if the count is below 1
   */
  static TimestepSpacing linspace(int count) {
    return EvenSpacing.LINSPACE.of(count);
  }

  /**
   * Reads a spacing as configurations write it: {@code ""} keeps all, {@code "250"} spaces 250
   * evenly, {@code "10,15,20"} gives the counts of equal sections, {@code "ddim50"} visits 50 with
   * a fixed whole stride; {@code "quad:50"}, and likewise {@code uniform}, {@code leading}, {@code
   * trailing}, {@code linspace} and {@code span}, as the methods of these names.
   *
   * @param text the spacing; blanks around numbers are ignored
   * @return the spacing
   * @throws IllegalArgumentException if the text has none of these forms
   */
  static TimestepSpacing parse(String text) {
    String spec = text.strip();
    if (spec.isEmpty()) {
      return all();
    }
    int colon = spec.indexOf(':');
    if (colon > 0) {
      return EvenSpacing.named(spec.substring(0, colon)).of(count(spec.substring(colon + 1), text));
    }
    if (spec.startsWith("ddim")) {
      return ddim(count(spec.substring("ddim".length()), text));
    }
    List<Integer> counts = new ArrayList<>();
    int from = 0;
    for (int comma = spec.indexOf(','); comma >= 0; comma = spec.indexOf(',', from)) {
      counts.add(count(spec.substring(from, comma), text));
      from = comma + 1;
    }
    counts.add(count(spec.substring(from), text));
    return sections(counts.stream().mapToInt(Integer::intValue).toArray());
  }

  private static int count(String number, String text) {
    try {
      return Integer.parseInt(number.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no timestep spacing; use a count (250), counts of equal sections (10,15,20),"
              + " a DDIM stride (ddim50), quad:50, leading:50, trailing:50, linspace:50 or"
              + " uniform:50, or nothing for every step",
          e);
    }
  }
}
