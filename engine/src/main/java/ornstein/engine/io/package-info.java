/**
 * Files of tensors: safetensors, NumPy's npy and npz, PyTorch's checkpoints, and atomic writing.
 * Readers treat every file as hostile: a length is checked against the file before anything is
 * allocated, and whatever is wrong becomes one {@link ornstein.engine.io.FormatException}.
 */
@NullMarked
package ornstein.engine.io;

import org.jspecify.annotations.NullMarked;
