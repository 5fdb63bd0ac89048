package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Test;
import ornstein.cli.Processor.FusedMultiplyAdd;

class ProcessorTest {
  @Test
  void readsCpuinfo() {
    assertEquals(
        new Processor("AMD EPYC", FusedMultiplyAdd.YES),
        Processor.ofCpuinfo(
            "amd64",
            List.of("processor\t: 0", "model name\t: AMD EPYC", "flags\t\t: fpu sse2 fma avx2")));
    assertEquals(
        new Processor("Old", FusedMultiplyAdd.NO),
        Processor.ofCpuinfo("amd64", List.of("model name : Old", "flags : fpu fma4 sse2")));
  }

  /** Some Zen 5 hosts have several spaces in a row, and flags may come twice. */
  @Test
  void holesAndRepetitionsAmongTheFlagsDoNoHarm() {
    assertEquals(
        new Processor("AMD EPYC", FusedMultiplyAdd.YES),
        Processor.ofCpuinfo(
            "amd64", List.of("model name\t: AMD EPYC", "flags\t\t: fpu  sse2 pti   pti fma avx2")));
  }

  @Test
  void cpuinfoOfArmHasNeitherModelNorFlags() {
    assertEquals(
        new Processor("aarch64", FusedMultiplyAdd.YES),
        Processor.ofCpuinfo("aarch64", List.of("processor\t: 0", "Features\t: fp asimd")));
    assertEquals(
        new Processor("riscv64", FusedMultiplyAdd.UNKNOWN),
        Processor.ofCpuinfo("riscv64", List.of("processor\t: 0", "isa\t: rv64imafdc")));
  }

  @Test
  void readsSysctl() {
    assertEquals(
        new Processor("Apple M1", FusedMultiplyAdd.YES),
        Processor.ofSysctl("aarch64", List.of("machdep.cpu.brand_string: Apple M1")));
    assertEquals(
        new Processor("Intel Core i7", FusedMultiplyAdd.YES),
        Processor.ofSysctl(
            "x86_64",
            List.of(
                "machdep.cpu.brand_string: Intel Core i7",
                "machdep.cpu.features: FPU SSE4.2 FMA")));
    assertEquals(
        new Processor("Intel Core 2", FusedMultiplyAdd.NO),
        Processor.ofSysctl(
            "x86_64",
            List.of("machdep.cpu.brand_string: Intel Core 2", "machdep.cpu.features: FPU SSE3")));
  }

  @Test
  void findsThisProcessor() {
    assertFalse(Processor.current().model().isBlank());
  }
}
