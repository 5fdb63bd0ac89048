package ornstein.engine.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a program down for people: call by call, then summed by kind of kernel. */
final class Description {
  private Description() {}

  /**
   * Sums over some calls.
   *
   * @param calls how many
   * @param flops floating-point operations
   * @param bytes bytes moved
   * @param nanos time, 0 if none was taken
   */
  private record Sum(int calls, long flops, long bytes, long nanos) {
    static final Sum NOTHING = new Sum(0, 0, 0, 0);

    Sum plus(Call c, long time) {
      return new Sum(calls + 1, flops + c.flops(), bytes + c.bytes(), nanos + time);
    }
  }

  /** With the time of each call if there is one. */
  static String of(Program program, List<Call> calls, long @Nullable [] nanos) {
    StringBuilder text = new StringBuilder();
    line(text, "", "kernel", "geometry", "MFLOP", "kB", nanos == null ? "" : "us");
    Sum total = Sum.NOTHING;
    Map<String, Sum> kinds = new LinkedHashMap<>();
    for (int i = 0; i < calls.size(); i++) {
      Call c = calls.get(i);
      long time = nanos == null ? 0 : nanos[i];
      total = total.plus(c, time);
      kinds.put(c.verb(), kinds.getOrDefault(c.verb(), Sum.NOTHING).plus(c, time));
      row(text, Integer.toString(i + 1), c.verb(), c.detail(), Sum.NOTHING.plus(c, time));
    }
    row(text, "", "total", "", total);
    text.append('\n');
    byKind(text, kinds, total);
    text.append(
        """

        MFLOP: a million floating-point operations, of the definition: Winograd's need fewer. kB: a thousand
        bytes moved if each operand is touched once. F2, F4: Winograd with tiles of 2x2, 4x4 outputs.
        """);
    text.append("memory: ")
        .append(scaled(program.arenaBytes(), 1e3))
        .append(" kB of intermediates, ")
        .append(scaled(program.backEndBytes(), 1e3))
        .append(" kB of scratch and packed weights\n");
    return text.toString();
  }

  /** Most first: of the time if it was taken, else of the operations. */
  private static void byKind(StringBuilder text, Map<String, Sum> kinds, Sum total) {
    boolean timed = total.nanos() > 0;
    String share = timed ? "share of time" : "share of operations";
    line(text, "calls", "kind", share, "MFLOP", "kB", timed ? "us" : "");
    List<Map.Entry<String, Sum>> sorted = new ArrayList<>(kinds.entrySet());
    sorted.sort(
        Comparator.comparingLong(
                (Map.Entry<String, Sum> e) -> timed ? e.getValue().nanos() : e.getValue().flops())
            .reversed());
    for (Map.Entry<String, Sum> e : sorted) {
      Sum s = e.getValue();
      double part = timed ? s.nanos() / (double) total.nanos() : s.flops() / (double) total.flops();
      row(
          text,
          Integer.toString(s.calls()),
          e.getKey(),
          part > 0 ? String.format(Locale.ROOT, "%5.1f %%", 100 * part) : "",
          s);
    }
  }

  private static void row(StringBuilder text, String number, String verb, String detail, Sum s) {
    line(
        text,
        number,
        verb,
        detail,
        s.flops() == 0 ? "" : scaled(s.flops(), 1e6),
        scaled(s.bytes(), 1e3),
        s.nanos() == 0 ? "" : scaled(s.nanos(), 1e3));
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
