package ornstein.bench.guard;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Measures the guarded figures and compares them with the record, or makes the record. What it
 * prints goes to a writer line by line, as it is measured.
 */
public final class Guard {
  /** Figures that it takes to tell a slower host from slower code. */
  static final int FIGURES_OF_A_HOST = 6;

  /** JVMs that a figure is measured in before it counts as fallen short, or is recorded. */
  public static final int TRIES = 3;

  private static final String PERCENT = Math.round(100 * Judgement.TOLERANCE) + " %";

  private final String machine;
  private final List<Figure> figures;
  private final Meter meter;
  private final Table table;

  /**
   * Creates the guard.
   *
   * @param machine the class of this machine, as in the record
   * @param figures the figures, in the order of the table
   * @param meter measures them
   * @param out receives the table
   */
  public Guard(String machine, List<Figure> figures, Meter meter, PrintWriter out) {
    this.machine = machine;
    this.figures = List.copyOf(figures);
    this.meter = meter;
    this.table = new Table(out);
  }

  /**
   * Measures each figure once, and those that fall short again in fresh JVMs: the best of {@link
   * #TRIES} measurements counts. They come after all others, so that what disturbed the first has
   * time to pass. Without a record for this class of machine nothing falls short.
   *
   * <p>Hosts of one class differ: of two with the same vectors, one has less cache for a tenant, or
   * a neighbour on the core's other thread, and gives all figures a tenth or two less. So a figure
   * is held against the record times the {@linkplain #host middle change} of all.
   *
   * @param record the record
   * @return the figures that fell short, in order
   * @throws MeasurementException if a measurement failed
   */
  public List<Figure> compare(RatioRecord record) {
    SequencedMap<String, Double> recorded = record.ratios(machine);
    if (recorded.isEmpty()) {
      table.line(
          "no record for this class of machine, "
              + machine
              + ": nothing is judged; --update adds it");
      if (!record.machines().isEmpty()) {
        table.line("recorded classes: " + String.join(", ", record.machines()));
      }
    } else {
      table.line("class of machine: " + machine);
    }
    table.heading();
    List<Judgement> judgements = new ArrayList<>();
    for (Figure figure : figures) {
      Double ratio = recorded.get(figure.name());
      OptionalDouble known = ratio == null ? OptionalDouble.empty() : OptionalDouble.of(ratio);
      Judgement first = new Judgement(figure, List.of(meter.measure(figure)), known);
      table.row(first, first.isShort() ? "short, to be measured again" : "");
      judgements.add(first);
    }
    judgements.replaceAll(this::again);
    double host = host(judgements);
    conclude(judgements, host);
    return judgements.stream().filter(j -> j.fell(host)).map(Judgement::figure).toList();
  }

  /**
   * What share of the recorded ratios this host reaches in general: the middle one of the figures'
   * that other programs left alone. Where that fell by more than the tolerance too, or where
   * figures are few, it is 1: such a fall is not put down to the host.
   */
  private static double host(List<Judgement> judgements) {
    double[] shares =
        judgements.stream()
            .filter(j -> j.recorded().isPresent() && !disturbed(j))
            .mapToDouble(j -> 1 + j.change().getAsDouble())
            .sorted()
            .toArray();
    if (shares.length < FIGURES_OF_A_HOST) {
      return 1;
    }
    double middle = shares[shares.length / 2];
    return middle < 1 - Judgement.TOLERANCE ? 1 : Math.min(1, middle);
  }

  private Judgement again(Judgement first) {
    Judgement judgement = first;
    for (int i = 2; i <= TRIES && judgement.isShort(); i++) {
      Judgement next =
          new Judgement(first.figure(), List.of(meter.measure(first.figure())), first.recorded());
      judgement = judgement.and(next.best());
      table.row(next, "try " + i + (judgement.isShort() ? ", best still short" : ""));
    }
    return judgement;
  }

  private void conclude(List<Judgement> judgements, double host) {
    long judged = judgements.stream().filter(j -> j.recorded().isPresent()).count();
    if (judged == 0) {
      return;
    }
    list("no record, so not judged; --update adds it", judgements, j -> j.recorded().isEmpty());
    list("more than " + PERCENT + " above; --update records it", judgements, Judgement::rose);
    list(
        "short, but not judged, for other programs kept the cores busy",
        judgements,
        j -> j.isShort() && disturbed(j));
    if (host < 1) {
      table.line(
          "this host reaches "
              + Math.round(100 * host)
              + " % of the record in general, and is held against that");
    }
    list(
        "short as the whole host is",
        judgements,
        j -> j.isShort() && !j.fell(host) && !disturbed(j));
    list("fell by more than " + PERCENT, judgements, j -> j.fell(host));
    long fallen = judgements.stream().filter(j -> j.fell(host)).count();
    table.line(fallen + " of " + judged + " figures fell by more than " + PERCENT);
  }

  private static boolean disturbed(Judgement judgement) {
    return judgement.measurements().stream().noneMatch(Measurement::undisturbed);
  }

  /** Names the figures of which something is true, if there are any. */
  private void list(String what, List<Judgement> judgements, Predicate<Judgement> which) {
    String names =
        judgements.stream()
            .filter(which)
            .map(judgement -> judgement.figure().name())
            .collect(Collectors.joining(", "));
    if (!names.isEmpty()) {
      table.line(what + ": " + names);
    }
  }

  /**
   * Measures each figure in {@link #TRIES} JVMs and takes the middle ratio, neither a lucky JVM's
   * nor a disturbed one's. The tries of a figure are far apart in time.
   *
   * @param record the record so far
   * @return the record with this class of machine's ratios replaced
   * @throws MeasurementException if a measurement failed
   */
  public RatioRecord update(RatioRecord record) {
    SequencedMap<String, Double> recorded = record.ratios(machine);
    table.line("class of machine: " + machine);
    table.heading();
    SequencedMap<Figure, List<Measurement>> measured = new LinkedHashMap<>();
    for (int i = 1; i <= TRIES; i++) {
      for (Figure figure : figures) {
        Measurement measurement = meter.measure(figure);
        measured.computeIfAbsent(figure, f -> new ArrayList<>()).add(measurement);
        Double old = recorded.get(figure.name());
        OptionalDouble known = old == null ? OptionalDouble.empty() : OptionalDouble.of(old);
        table.row(new Judgement(figure, List.of(measurement), known), i + " of " + TRIES);
      }
    }
    String disturbed =
        measured.entrySet().stream()
            .filter(entry -> !entry.getValue().stream().allMatch(Measurement::undisturbed))
            .map(entry -> entry.getKey().name())
            .collect(Collectors.joining(", "));
    if (!disturbed.isEmpty()) {
      table.line(
          "other programs kept the cores busy, so update again when it is quiet: " + disturbed);
    }
    SequencedMap<String, Double> ratios = new LinkedHashMap<>();
    measured.forEach((figure, all) -> ratios.put(figure.name(), middle(all)));
    return record.with(machine, ratios);
  }

  private static double middle(List<Measurement> all) {
    return all.stream()
        .sorted(Comparator.comparingDouble(Measurement::ratio))
        .toList()
        .get(all.size() / 2)
        .ratio();
  }
}
