package ornstein.engine.internal;

import ornstein.engine.kernel.Buffer;

/**
 * A range of a heap array. All buffers on one array share its {@link Storage}, and with that the
 * count of its changes.
 */
public final class HeapBuffer implements Buffer {
  private final Storage storage;
  private final int offset;
  private final int size;

  private HeapBuffer(Storage storage, int offset, int size) {
    this.storage = storage;
    this.offset = offset;
    this.size = size;
  }

  /** A buffer on an array of its own, zeroed. */
  public static HeapBuffer allocate(int size) {
    return new HeapBuffer(new Storage(new float[size]), 0, size);
  }

  /** A part that shares the storage. */
  HeapBuffer view(int from, int count) {
    return new HeapBuffer(storage, offset + from, count);
  }

  /** The part of a slot, where each has {@code count} elements. */
  public int slot(int slot, int count) {
    return offset + slot * count;
  }

  /** The array. */
  public float[] array() {
    return storage.array();
  }

  /** First element. */
  public int offset() {
    return offset;
  }

  @Override
  public int size() {
    return size;
  }

  Storage storage() {
    return storage;
  }
}
