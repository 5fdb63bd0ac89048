/**
 * Ornstein beside PyTorch and ONNX Runtime: the same data, the same number of threads, by turns in
 * one process. What is measured is checked first.
 */
@NullMarked
package ornstein.bench.peers;

import org.jspecify.annotations.NullMarked;
