/**
 * The guard: measures a few figures, compares them with a checked-in record and says which fell
 * short. How a figure is measured is not decided here ({@link ornstein.bench.guard.Meter}).
 */
@NullMarked
package ornstein.bench.guard;

import org.jspecify.annotations.NullMarked;
