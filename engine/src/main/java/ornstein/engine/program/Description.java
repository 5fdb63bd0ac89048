package ornstein.engine.program;

import java.util.List;
import java.util.Locale;

/** Writes a program down for people. */
final class Description {
  private Description() {}

  static String of(Program program, List<Call> calls) {
    StringBuilder text = new StringBuilder();
    line(text, "", "kernel", "geometry", "MFLOP", "kB");
    long bytes = 0;
    for (int i = 0; i < calls.size(); i++) {
      Call c = calls.get(i);
      bytes += c.bytes();
      line(text, i + 1 + "", c.verb(), c.detail(), millions(c.flops()), thousands(c.bytes()));
    }
    line(text, "", "total", "", millions(program.flops()), thousands(bytes));
    text.append(
        String.format(
            Locale.ROOT,
            "memory: %s kB of intermediates, %s kB of scratch and packed weights%n",
            thousands(program.arenaBytes()),
            thousands(program.backEndBytes())));
    return text.toString();
  }

  private static void line(
      StringBuilder text, String number, String verb, String detail, String flops, String bytes) {
    text.append(
        String.format(
            Locale.ROOT, "%5s  %-34s %-44s %10s %10s%n", number, verb, detail, flops, bytes));
  }

  private static String millions(long flops) {
    return flops == 0 ? "" : String.format(Locale.ROOT, "%.2f", flops / 1e6);
  }

  private static String thousands(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / 1e3);
  }
}
