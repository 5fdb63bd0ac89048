package ornstein.cli;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.Callable;
import ornstein.engine.kernel.KernelsProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what the program found on this machine and what it will use of it. */
@Command(
    name = "doctor",
    description = "Shows the JDK, vector unit, threads, memory and back end in use.",
    footer = "  ornstein doctor")
final class DoctorCommand implements Callable<Integer> {
  /** Earlier updates of 25 have a G1 bug that corrupts the heap and a Vector API crash. */
  private static final Runtime.Version SOUND_UPDATE = Runtime.Version.parse("25.0.3");

  private static final String GPU_MODULE = "ornstein.engine.tornado";

  @Spec CommandSpec spec = CommandSpec.create();

  DoctorCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    row(out, "JDK", jdk());
    row(out, "Update", update(Runtime.version()));
    row(out, "Vector API", vectors());
    row(out, "Kernels", KernelsProvider.current().name() + "; " + KernelsProvider.reason());
    row(out, "Threads", threads());
    Processor processor = Processor.current();
    row(out, "Processor", processor.model());
    row(out, "FMA", fma(processor.fusedMultiplyAdd()));
    row(out, "Memory", memory());
    row(out, "GPU", gpu());
    out.flush();
    return ExitCode.OK;
  }

  private static void row(PrintWriter out, String name, String value) {
    out.printf(Locale.ROOT, "%-12s%s%n", name, value);
  }

  private static String jdk() {
    return Runtime.version()
        + ", "
        + System.getProperty("java.vendor")
        + ", "
        + System.getProperty("java.home");
  }

  /** Whether the JDK's update level is one without the known bugs. */
  static String update(Runtime.Version version) {
    String level = version.feature() + "." + version.interim() + "." + version.update();
    if (version.compareToIgnoreOptional(SOUND_UPDATE) < 0) {
      return "WARNING: "
          + level
          + " has a G1 bug that corrupts the heap and a Vector API crash; install 25.0.3 or later";
    }
    return level + ", no known problem";
  }

  private static String vectors() {
    String module = "module jdk.incubator.vector ";
    return module + (KernelsProvider.vectorModulePresent() ? "present" : "absent");
  }

  private static String threads() {
    int processors = Runtime.getRuntime().availableProcessors();
    String given = System.getProperty("ornstein.threads");
    return given == null
        ? processors + ", one per processor; ORNSTEIN_JAVA_OPTS=-Dornstein.threads=N overrides"
        : given + ", by -Dornstein.threads, on " + processors + " processors";
  }

  private static String fma(Processor.FusedMultiplyAdd fma) {
    return switch (fma) {
      case YES -> "in hardware";
      case NO -> "WARNING: not in hardware; computing will be very slow";
      case UNKNOWN -> "unknown: the system does not say";
    };
  }

  private static String memory() {
    long heap = Runtime.getRuntime().maxMemory();
    long physical =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
            .getTotalMemorySize();
    return String.format(
        Locale.ROOT,
        "heap up to %s of %s physical; ORNSTEIN_JAVA_OPTS=-Xmx8g sets the heap",
        gibibytes(heap),
        gibibytes(physical));
  }

  private static String gibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }

  private static String gpu() {
    return ModuleLayer.boot().findModule(GPU_MODULE).isPresent()
        ? "back end found: module " + GPU_MODULE
        : "none: no module " + GPU_MODULE + " on the module path; this version ships none";
  }
}
