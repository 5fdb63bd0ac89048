package ornstein.engine.program;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes a program down for people. */
final class Description {
  private Description() {}

  /** With the time of each call if there is one. */
  static String of(Program program, List<Call> calls, long @Nullable [] nanos) {
    StringBuilder text = new StringBuilder();
    line(text, "", "kernel", "geometry", "MFLOP", "kB", nanos == null ? "" : "us");
    long bytes = 0;
    long time = 0;
    for (int i = 0; i < calls.size(); i++) {
      Call c = calls.get(i);
      bytes += c.bytes();
      time += nanos == null ? 0 : nanos[i];
      line(
          text,
          Integer.toString(i + 1),
          c.verb(),
          c.detail(),
          c.flops() == 0 ? "" : scaled(c.flops(), 1e6),
          scaled(c.bytes(), 1e3),
          nanos == null ? "" : scaled(nanos[i], 1e3));
    }
    String total = nanos == null ? "" : scaled(time, 1e3);
    line(text, "", "total", "", scaled(program.flops(), 1e6), scaled(bytes, 1e3), total);
    text.append("memory: ")
        .append(scaled(program.arenaBytes(), 1e3))
        .append(" kB of intermediates, ")
        .append(scaled(program.backEndBytes(), 1e3))
        .append(" kB of scratch and packed weights\n");
    return text.toString();
  }

  private static void line(StringBuilder text, String number, String verb, String... columns) {
    text.append(
        String.format(
                Locale.ROOT,
                "%5s  %-36s %-44s %10s %10s %10s",
                number,
                verb,
                columns[0],
                columns[1],
                columns[2],
                columns[3])
            .stripTrailing());
    text.append('\n');
  }

  private static String scaled(long value, double unit) {
    return String.format(Locale.ROOT, "%.1f", value / unit);
  }
}
