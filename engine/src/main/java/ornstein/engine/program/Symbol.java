package ornstein.engine.program;

import org.jspecify.annotations.Nullable;
import ornstein.engine.kernel.Buffer;

/** A buffer of a recorded computation, or a view of one; it has no storage yet. */
final class Symbol implements Buffer {
  private final @Nullable Symbol parent;
  private final int offset;
  private final int size;

  Symbol(@Nullable Symbol parent, int offset, int size) {
    this.parent = parent;
    this.offset = offset;
    this.size = size;
  }

  /** The buffer whose storage it shares. */
  Symbol root() {
    return parent == null ? this : parent;
  }

  /** First element within the root. */
  int offset() {
    return offset;
  }

  Symbol view(int from, int count) {
    return new Symbol(root(), offset + from, count);
  }

  boolean whole() {
    return parent == null || size == parent.size;
  }

  @Override
  public int size() {
    return size;
  }
}
