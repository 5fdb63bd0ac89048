/**
 * Networks in files: weights in a safetensors file with the whole configuration in its metadata, so
 * that no flag has to be remembered.
 */
@NullMarked
package ornstein.nn.checkpoint;

import org.jspecify.annotations.NullMarked;
