/**
 * JMH benchmarks. Machines differ and are shared, so a time by itself says nothing: compare a
 * kernel with {@link ornstein.bench.FmaPeakBenchmark} of the same run.
 */
@NullMarked
package ornstein.bench;

import org.jspecify.annotations.NullMarked;
