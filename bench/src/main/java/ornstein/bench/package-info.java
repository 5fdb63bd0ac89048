/**
 * JMH benchmarks, and the command that runs them. Machines differ and are shared, so a time by
 * itself says nothing: {@link ornstein.bench.PeakProfiler} holds each against the processor's peak
 * in the same JVM.
 */
@NullMarked
package ornstein.bench;

import org.jspecify.annotations.NullMarked;
