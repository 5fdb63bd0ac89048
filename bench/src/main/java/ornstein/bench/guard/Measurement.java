package ornstein.bench.guard;

/**
 * What one measurement gave.
 *
 * @param rate 10⁹ operations or elements a second
 * @param unit the rate's unit, such as GFLOP/s
 * @param ratio the rate divided by the peak of fused multiply-adds measured around it
 * @param undisturbed whether the cores were free for it often enough to say something about a
 *     figure on several threads
 */
public record Measurement(double rate, String unit, double ratio, boolean undisturbed) {}
