package ornstein.engine.program;

/**
 * The first kernel of a program that gave a number that is not finite.
 *
 * @param layer the named tensor that it, or the last kernel before it that has one, reads; empty if
 *     none does
 * @param kernel the kernel's name
 * @param geometry its shapes
 */
public record NonFinite(String layer, String kernel, String geometry) {
  @Override
  public String toString() {
    String what = kernel + (geometry.isEmpty() ? "" : " " + geometry);
    return layer.isEmpty() ? "kernel: " + what : "layer: " + layer + " (" + what + ")";
  }
}
