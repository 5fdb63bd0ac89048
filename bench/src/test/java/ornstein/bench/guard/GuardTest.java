package ornstein.bench.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GuardTest {
  private static final String MACHINE = "amd64-vector-256x2";

  private final StringWriter printed = new StringWriter();
  private final Results meter = new Results();

  private static RatioRecord record(Object... namesAndRatios) {
    SequencedMap<String, Double> ratios = new LinkedHashMap<>();
    for (int i = 0; i < namesAndRatios.length; i += 2) {
      ratios.put((String) namesAndRatios[i], (Double) namesAndRatios[i + 1]);
    }
    return RatioRecord.empty().with(MACHINE, ratios);
  }

  private Guard guard(String... names) {
    List<Figure> figures = Stream.of(names).map(Results::figure).toList();
    return new Guard(MACHINE, figures, meter, new PrintWriter(printed));
  }

  private static List<String> names(List<Figure> figures) {
    return figures.stream().map(Figure::name).toList();
  }

  @Test
  void aFigureThatStandsIsMeasuredOnce() {
    meter.give("a", 0.5).give("b", 0.45);
    assertEquals(List.of(), guard("a", "b").compare(record("a", 0.5, "b", 0.5)));
    assertEquals(List.of("a", "b"), meter.asked);
    assertTrue(printed.toString().contains("0 of 2 figures fell by more than 20 %"));
  }

  @Test
  void aLossOfTheToleranceIsNoFallAndAnyMoreIs() {
    // exact in binary: 0.8 · 1.25 is 1, and no rounding decides
    meter.give("a", 1.0);
    assertEquals(List.of(), guard("a").compare(record("a", 1.25)));
    double less = Math.nextDown(1.0);
    meter.give("a", less, less, less);
    assertEquals(List.of("a"), names(guard("a").compare(record("a", 1.25))));
  }

  @Test
  void theBestOfThreeCountsAndTheRetriesComeLast() {
    meter.give("a", 0.3, 0.2, 0.45).give("b", 0.5).give("c", 0.1, 0.44);
    assertEquals(List.of(), guard("a", "b", "c").compare(record("a", 0.5, "b", 0.5, "c", 0.5)));
    assertEquals(List.of("a", "b", "c", "a", "a", "c"), meter.asked);
  }

  @Test
  void aFigureFallsAfterThreeShortMeasurements() {
    meter.give("a", 0.3, 0.39, 0.2).give("b", 0.5);
    assertEquals(List.of("a"), names(guard("a", "b").compare(record("a", 0.5, "b", 0.5))));
    assertEquals(List.of("a", "b", "a", "a"), meter.asked);
    List<String> lines = printed.toString().lines().toList();
    assertTrue(lines.get(2).endsWith("short, to be measured again"), lines.get(2));
    assertTrue(lines.get(4).contains(" 0.390 ") && lines.get(4).contains("-22 %"), lines.get(4));
    assertTrue(lines.get(5).contains(" 0.200 "), lines.get(5));
    assertTrue(lines.get(5).endsWith("try 3, best still short"), lines.get(5));
    assertEquals("fell by more than 20 %: a", lines.get(6));
    assertEquals("1 of 2 figures fell by more than 20 %", lines.get(7));
  }

  /**
   * Seven figures of which all but the first reach a share of their record, which is 1 for each.
   */
  private List<String> fallen(double first, double others) {
    List<String> names = List.of("a", "b", "c", "d", "e", "f", "g");
    SequencedMap<String, Double> ratios = new LinkedHashMap<>();
    for (String name : names) {
      double ratio = name.equals("a") ? first : others;
      meter.give(name, ratio, ratio, ratio);
      ratios.put(name, 1.0);
    }
    Guard guard = guard(names.toArray(String[]::new));
    return names(guard.compare(RatioRecord.empty().with(MACHINE, ratios)));
  }

  @Test
  void aHostThatIsSlowerAtEverythingIsHeldAgainstWhatItReaches() {
    assertEquals(List.of(), fallen(0.76, 0.86));
    String text = printed.toString();
    assertTrue(text.contains("this host reaches 86 % of the record in general"), text);
    assertTrue(text.contains("short as the whole host is: a"), text);
    assertTrue(text.contains("0 of 7 figures fell"), text);
  }

  @Test
  void aFigureThatFellBelowItsHostFallsThereToo() {
    assertEquals(List.of("a"), fallen(0.68, 0.86));
  }

  /** What neighbours held up says nothing about the host. */
  @Test
  void disturbedFiguresDoNotExcuseAFall() {
    List<String> quiet = List.of("a", "b", "c", "d", "e", "f");
    List<String> busy = List.of("g", "h", "i", "j", "k", "l", "m", "n");
    SequencedMap<String, Double> ratios = new LinkedHashMap<>();
    quiet.forEach(name -> ratios.put(name, 1.0));
    busy.forEach(name -> ratios.put(name, 1.0));
    meter.give("a", 0.76, 0.76, 0.76);
    quiet.subList(1, 6).forEach(name -> meter.give(name, 1));
    busy.forEach(name -> meter.giveDisturbed(name, 0.81));
    Guard guard = guard(ratios.sequencedKeySet().toArray(String[]::new));
    assertEquals(List.of("a"), names(guard.compare(RatioRecord.empty().with(MACHINE, ratios))));
  }

  @Test
  void aFasterHostExcusesAndAccusesNothing() {
    assertEquals(List.of(), fallen(0.85, 1.2));
  }

  @Test
  void aFallOfAllFiguresIsNotPutDownToTheHost() {
    assertEquals(List.of("a", "b", "c", "d", "e", "f", "g"), fallen(0.79, 0.79));
  }

  @Test
  void withoutARecordForTheMachineNothingIsJudged() {
    meter.give("a", 0.001);
    RatioRecord other =
        RatioRecord.empty().with("aarch64-vector-128x8", new LinkedHashMap<>(Map.of("a", 0.5)));
    assertEquals(List.of(), guard("a").compare(other));
    assertEquals(List.of("a"), meter.asked);
    String text = printed.toString();
    assertTrue(text.contains("no record for this class of machine, " + MACHINE), text);
    assertTrue(text.contains("aarch64-vector-128x8"), text);
    assertFalse(text.contains("fell"), text);
  }

  @Test
  void aFigureWithoutARecordIsShownAndNotJudged() {
    meter.give("a", 0.5).give("new", 0.0001);
    assertEquals(List.of(), guard("a", "new").compare(record("a", 0.5, "gone", 0.5)));
    String text = printed.toString();
    assertTrue(text.contains("no record, so not judged; --update adds it: new"), text);
    assertTrue(text.contains("0 of 1 figures fell"), text);
  }

  @Test
  void shortWhileTheCoresWereBusyIsNoFall() {
    meter.giveDisturbed("a", 0.1, 0.1, 0.1);
    assertEquals(List.of(), guard("a").compare(record("a", 0.5)));
    String text = printed.toString();
    assertTrue(text.contains("for other programs kept the cores busy: a"), text);
    assertTrue(text.contains("0 of 1 figures fell"), text);
  }

  @Test
  void shortWithTheCoresFreeOnceIsAFall() {
    meter.giveDisturbed("a", 0.1, 0.1).give("a", 0.1);
    assertEquals(List.of("a"), names(guard("a").compare(record("a", 0.5))));
  }

  @Test
  void aFigureFarAboveTheRecordIsPointedOut() {
    meter.give("a", 0.7).give("b", 0.55);
    assertEquals(List.of(), guard("a", "b").compare(record("a", 0.5, "b", 0.5)));
    String text = printed.toString();
    assertTrue(text.contains("more than 20 % above; --update records it: a"), text);
  }

  @Test
  void anUpdateRecordsTheMiddleOfThree() {
    meter.give("a", 0.9, 0.5, 0.6).give("b", 0.1, 0.2, 0.3);
    RatioRecord old =
        record("a", 0.1, "gone", 0.5).with("other", new LinkedHashMap<>(Map.of("a", 0.7)));
    RatioRecord updated = guard("a", "b").update(old);
    assertEquals(List.of("a", "b", "a", "b", "a", "b"), meter.asked);
    assertEquals(Map.of("a", 0.6, "b", 0.2), updated.ratios(MACHINE));
    assertEquals(Map.of("a", 0.7), updated.ratios("other"));
    assertEquals(Map.of("a", 0.1, "gone", 0.5), old.ratios(MACHINE));
  }

  @Test
  void anUpdateSaysWhichFiguresWereDisturbed() {
    meter.give("a", 0.5, 0.5).giveDisturbed("a", 0.2).give("b", 0.5, 0.5, 0.5);
    guard("a", "b").update(RatioRecord.empty());
    String text = printed.toString();
    assertTrue(text.contains("so update again when it is quiet: a"), text);
  }

  @Test
  void rowsHaveThreeDigitsWhateverTheSize() {
    meter.give("a", 0.00012345);
    guard("a").compare(record("a", 0.00012));
    String row = printed.toString().lines().toList().get(2);
    assertEquals(
        List.of("a", "0.0123", "GFLOP/s", "0.000123", "0.000120", "+3", "%"),
        List.of(row.split(" +")));
  }
}
