package ornstein.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorFamilyTest {
  @Test
  void vendorAndFamilyTellMachinesApart() {
    List<String> zen5 =
        List.of("processor\t: 0", "vendor_id\t: AuthenticAMD", "cpu family\t: 26", "model\t\t: 2");
    assertEquals("-AuthenticAMD-26", ProcessorFamily.suffix(zen5));
    assertEquals("", ProcessorFamily.suffix(List.of("processor\t: 0", "Features\t: fp asimd")));
    assertEquals("", ProcessorFamily.suffix(List.of()));
  }

  @Test
  void theMachinesClassHasIt() {
    assertTrue(Benchmarks.machine().endsWith(ProcessorFamily.suffix()));
    assertFalse(Benchmarks.machine().contains(","));
  }
}
