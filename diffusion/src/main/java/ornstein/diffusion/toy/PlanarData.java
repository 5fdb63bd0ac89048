package ornstein.diffusion.toy;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import ornstein.engine.Rng;
import ornstein.engine.Shape;

/**
 * Distributions in the plane, about as wide as a standard normal one, on which a sampler can be
 * seen at work. Every point is a function of the seed and its number.
 */
public enum PlanarData {
  /** A spiral that rolls up once and a half. */
  SWISSROLL(1) {
    @Override
    void draw(float[] u, float[] z, Point p) {
      double angle = 1.5 * Math.PI * (1 + 2 * u[0]);
      double radius = angle / 7;
      p.at(radius * cos(angle) + 0.03 * z[0], radius * sin(angle) + 0.03 * z[1], 0);
    }
  },
  /** Two half circles that reach into each other. */
  MOONS(2) {
    @Override
    void draw(float[] u, float[] z, Point p) {
      int moon = u[1] < 0.5f ? 0 : 1;
      double angle = Math.PI * u[0];
      double x = moon == 0 ? cos(angle) - 0.5 : 0.5 - cos(angle);
      double y = moon == 0 ? sin(angle) - 0.25 : 0.25 - sin(angle);
      p.at(1.1 * x + 0.06 * z[0], 1.1 * y + 0.06 * z[1], moon);
    }
  },
  /** A circle within a circle. */
  CIRCLES(2) {
    @Override
    void draw(float[] u, float[] z, Point p) {
      int ring = u[1] < 0.5f ? 0 : 1;
      double angle = 2 * Math.PI * u[0];
      double radius = ring == 0 ? 0.6 : 1.4;
      p.at(radius * cos(angle) + 0.05 * z[0], radius * sin(angle) + 0.05 * z[1], ring);
    }
  },
  /** Eight narrow normal distributions on a circle. */
  GAUSSIANS8(8) {
    @Override
    void draw(float[] u, float[] z, Point p) {
      int k = Math.min(7, (int) (8 * u[0]));
      double angle = Math.PI / 4 * k;
      p.at(1.4 * cos(angle) + 0.08 * z[0], 1.4 * sin(angle) + 0.08 * z[1], k);
    }
  },
  /** Twenty-five narrow normal distributions on a grid. */
  GAUSSIANS25(25) {
    @Override
    void draw(float[] u, float[] z, Point p) {
      int k = Math.min(24, (int) (25 * u[0]));
      p.at(0.7 * (k % 5 - 2) + 0.05 * z[0], 0.7 * (k / 5 - 2) + 0.05 * z[1], k);
    }
  },
  /** Every other square of a board of four by four. */
  CHECKERBOARD(8) {
    @Override
    void draw(float[] u, float[] z, Point p) {
      int k = Math.min(7, (int) (8 * u[2]));
      int row = k / 2;
      int column = 2 * (k % 2) + row % 2;
      p.at(0.8 * (column - 2 + u[0]), 0.8 * (row - 2 + u[1]), k);
    }
  },
  /** Five arms that bend around the middle. */
  PINWHEEL(5) {
    @Override
    void draw(float[] u, float[] z, Point p) {
      int arm = Math.min(4, (int) (5 * u[0]));
      double along = 1 + 0.3 * z[0];
      double across = 0.1 * z[1];
      double angle = 2 * Math.PI / 5 * arm + 0.25 * StrictMath.exp(along);
      p.at(
          1.2 * (along * cos(angle) - across * sin(angle)),
          1.2 * (along * sin(angle) + across * cos(angle)),
          arm);
    }
  };

  private static final int UNIFORMS = 4;

  private final int classes;

  PlanarData(int classes) {
    this.classes = classes;
  }

  /** Where a drawn point goes, and its part of the distribution. */
  static final class Point {
    private double x;
    private double y;
    private int part;

    void at(double px, double py, int of) {
      x = px;
      y = py;
      part = of;
    }
  }

  /** Makes a point of uniform and normal numbers. */
  abstract void draw(float[] u, float[] z, Point p);

  /**
   * The parts of the distribution, which serve as classes.
   *
   * @return their number, at least 1
   */
  public int classes() {
    return classes;
  }

  /**
   * Draws points.
   *
   * @param rng where the numbers come from; it moves on
   * @param x receives N points, one after the other, 2N values
   * @param labels receives the part that each is from, N of them, held as floats
   * @throws IllegalArgumentException if the lengths do not fit
   */
  public void draw(Rng rng, float[] x, float[] labels) {
    int count = labels.length;
    if (x.length != 2 * count) {
      throw new IllegalArgumentException(
          count + " points need " + 2 * count + " coordinates, got room for " + x.length);
    }
    float[] uniform = rng.uniform(Shape.of(count, UNIFORMS)).toArray();
    float[] normal = rng.normal(Shape.of(count, 2)).toArray();
    Point p = new Point();
    for (int i = 0; i < count; i++) {
      draw(
          Arrays.copyOfRange(uniform, UNIFORMS * i, UNIFORMS * (i + 1)),
          Arrays.copyOfRange(normal, 2 * i, 2 * i + 2),
          p);
      x[2 * i] = (float) p.x;
      x[2 * i + 1] = (float) p.y;
      labels[i] = p.part;
    }
  }

  /**
   * The distribution of a name.
   *
   * @param name a constant's name, in any case
   * @return the distribution
   * @throws IllegalArgumentException if the name is unknown
   */
  public static PlanarData named(String name) {
    for (PlanarData d : values()) {
      if (d.name().equalsIgnoreCase(name)) {
        return d;
      }
    }
    throw new IllegalArgumentException(
        "unknown distribution '"
            + name
            + "'; use one of "
            + Arrays.stream(values())
                .map(d -> d.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
  }

  private static double cos(double x) {
    return StrictMath.cos(x);
  }

  private static double sin(double x) {
    return StrictMath.sin(x);
  }
}
