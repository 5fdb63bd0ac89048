package ornstein.engine.kernel;

/**
 * Storage for float32 elements, owned by the {@link Kernels} that allocated it. Opaque: only that
 * back end can look inside; everyone else moves data with {@link Kernels#write} and {@link
 * Kernels#read}.
 */
public interface Buffer {
  /**
   * Number of float32 elements.
   *
   * @return the size, at least 0
   */
  int size();
}
