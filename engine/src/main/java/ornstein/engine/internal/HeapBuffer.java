package ornstein.engine.internal;

import ornstein.engine.kernel.Buffer;

/**
 * A range of a heap array. Views share the array.
 *
 * @param array storage
 * @param offset first element
 * @param size number of elements
 */
@SuppressWarnings("ArrayRecordComponent") // identity of the storage is what matters
public record HeapBuffer(float[] array, int offset, int size) implements Buffer {}
