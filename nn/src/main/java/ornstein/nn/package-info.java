/**
 * What networks are made of: {@link ornstein.nn.Module}s with named {@link ornstein.nn.Parameter}s,
 * and the {@link ornstein.nn.StateDict} that carries them to and from files. Images are channels
 * last in memory; layouts of checkpoints are converted at the edge, in {@code Parameter} alone.
 */
@NullMarked
package ornstein.nn;

import org.jspecify.annotations.NullMarked;
