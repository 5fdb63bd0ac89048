package ornstein.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The family of the processor, which its maker numbers anew with the micro-architecture. Hosts of
 * one vector width differ by it: Zen 5 (family 26) multiplies 512 bits at once where Zen 4 (25)
 * takes two turns, so that its peak is twice as high and everything else is a smaller share of it.
 */
final class ProcessorFamily {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  private ProcessorFamily() {}

  /** That of this machine, after a hyphen; empty where the system does not say. */
  static String suffix() {
    try {
      return Files.isReadable(CPUINFO) ? suffix(Files.readAllLines(CPUINFO)) : "";
    } catch (IOException e) {
      return ""; // as on systems without such a file
    }
  }

  /** Reads the lines of Linux's {@code /proc/cpuinfo}; the first processor stands for all. */
  static String suffix(List<String> lines) {
    String vendor = value(lines, "vendor_id");
    String family = value(lines, "cpu family");
    return vendor.isEmpty() || family.isEmpty() ? "" : "-" + vendor + "-" + family;
  }

  private static String value(List<String> lines, String key) {
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
        return line.substring(colon + 1).strip().replace(',', ' ');
      }
    }
    return "";
  }
}
