package ornstein.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What the operating system says about the processor.
 *
 * @param model the processor's name, or the architecture's where the system gives no name
 * @param fusedMultiplyAdd whether it has fused multiply-add in hardware
 */
record Processor(String model, FusedMultiplyAdd fusedMultiplyAdd) {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  /** Whether the processor has fused multiply-add. */
  enum FusedMultiplyAdd {
    /** Present. */
    YES,
    /** Absent: {@code Math.fma} is then computed in software, exactly and very slowly. */
    NO,
    /** The system does not say. */
    UNKNOWN
  }

  /** The processor this process runs on. */
  static Processor current() {
    String arch = System.getProperty("os.arch");
    try {
      if (Files.isReadable(CPUINFO)) {
        return ofCpuinfo(arch, Files.readAllLines(CPUINFO));
      }
      String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
      if (os.contains("mac")) {
        return ofSysctl(arch, sysctl());
      }
    } catch (IOException e) {
      // Nothing depends on it: the report then says "unknown".
      return ofArchitecture(arch);
    }
    return ofArchitecture(arch);
  }

  /** Reads the lines of Linux's {@code /proc/cpuinfo}; the first processor stands for all. */
  static Processor ofCpuinfo(String arch, List<String> lines) {
    String model = value(lines, "model name", arch);
    String flags = value(lines, "flags", "");
    if (flags.isEmpty()) {
      return new Processor(model, ofArchitecture(arch).fusedMultiplyAdd());
    }
    boolean fma = List.of(flags.split(" ", -1)).contains("fma"); // the list may have holes
    return new Processor(model, fma ? FusedMultiplyAdd.YES : FusedMultiplyAdd.NO);
  }

  /** Reads the lines of macOS's {@code sysctl machdep.cpu}. */
  static Processor ofSysctl(String arch, List<String> lines) {
    String model = value(lines, "machdep.cpu.brand_string", arch);
    String features = value(lines, "machdep.cpu.features", "");
    if (features.isEmpty()) {
      return new Processor(model, ofArchitecture(arch).fusedMultiplyAdd());
    }
    boolean fma = List.of(features.split(" ", -1)).contains("FMA");
    return new Processor(model, fma ? FusedMultiplyAdd.YES : FusedMultiplyAdd.NO);
  }

  /** 64-bit ARM has the instruction in its base; elsewhere the architecture alone does not tell. */
  private static Processor ofArchitecture(String arch) {
    return new Processor(
        arch, arch.equals("aarch64") ? FusedMultiplyAdd.YES : FusedMultiplyAdd.UNKNOWN);
  }

  private static List<String> sysctl() throws IOException {
    Process process = new ProcessBuilder("/usr/sbin/sysctl", "machdep.cpu").start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text.lines().toList();
  }

  private static String value(List<String> lines, String key, String absent) {
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
        return line.substring(colon + 1).strip();
      }
    }
    return absent;
  }
}
