package ornstein.engine.internal;

import org.jspecify.annotations.Nullable;

/** The vector width that the user forces; readable without loading the vector module. */
public final class VectorBits {
  /** The system property: 128, 256 or 512. */
  public static final String PROPERTY = "ornstein.vector.bits";

  private VectorBits() {}

  /**
   * The width that the system property forces.
   *
   * @return 128, 256 or 512, or 0 if the property is not set
   * @throws IllegalArgumentException if the property has another value
   */
  public static int forced() {
    return parse(System.getProperty(PROPERTY));
  }

  /**
   * Reads a value of the property.
   *
   * @param value the value, or null if not set
   * @return 128, 256 or 512, or 0 for null
   * @throws IllegalArgumentException for any other value
   */
  static int parse(@Nullable String value) {
    if (value == null) {
      return 0;
    }
    return switch (value) {
      case "128" -> 128;
      case "256" -> 256;
      case "512" -> 512;
      default ->
          throw new IllegalArgumentException(
              "-D" + PROPERTY + "=" + value + ": the vector width must be 128, 256 or 512 bits");
    };
  }
}
