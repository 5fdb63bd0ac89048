package ornstein.bench.guard;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import ornstein.engine.io.AtomicFile;

/**
 * The recorded ratios, by class of machine and figure. The file is comma-separated text: comments
 * after #, the heading {@value #HEADING}, then a line for each ratio. Immutable.
 */
public final class RatioRecord {
  private static final String HEADING = "machine,figure,ratio";

  private static final String COMMENT =
      """
      # What fraction of the processor's peak each guarded figure reaches, by class of machine:
      # architecture, kernels with the bits of a vector, threads, maker and family of the processor.
      #
      # The peak is that of fused multiply-adds in the same JVM, measured on one thread around each
      # batch, times the figure's threads. Names that end in -threads are those of all threads; the
      # others are of one, and of its time that counts for which it ran. The best batch of a JVM
      # counts, and of three JVMs the middle one. Networks count the operations of convolutions,
      # products and attention; group norm and normals count elements.
      #
      # Made by "./ornstein bench --guard --update", which writes the lines of its own class of machine
      # anew and keeps the others. "./ornstein bench --guard" compares; see CONTRIBUTING.md, "Measure".
      """;

  private static final int DIGITS = 4;

  private static final String REMEDY =
      "restore the file from version control, or delete it and make it anew with --guard --update";

  private final SortedMap<String, SequencedMap<String, Double>> machines;

  private RatioRecord(SortedMap<String, SequencedMap<String, Double>> machines) {
    this.machines = machines;
  }

  /**
   * A record without any ratio.
   *
   * @return the empty record
   */
  public static RatioRecord empty() {
    return new RatioRecord(new TreeMap<>());
  }

  /**
   * Reads a record.
   *
   * @param file the file
   * @return what it holds
   * @throws RecordException if it is missing, unreadable or malformed
   */
  public static RatioRecord read(Path file) {
    try {
      return parse(file.toString(), Files.readAllLines(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw new RecordException(
          file + ": no such file; make it with --guard --update, or name another with --record");
    } catch (CharacterCodingException e) {
      throw new RecordException(file + ": is no UTF-8 text; " + REMEDY);
    } catch (IOException e) {
      throw new RecordException(
          file + ": cannot be read (" + reason(e) + "); check the path and its permissions");
    }
  }

  private static RatioRecord parse(String file, List<String> lines) {
    RatioRecord record = empty();
    boolean headed = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (headed) {
        record.add(file + ": line " + (i + 1) + ": ", line);
      } else if (line.equals(HEADING)) {
        headed = true;
      } else {
        throw new RecordException(
            file + ": line " + (i + 1) + ": the heading " + HEADING + " is missing; " + REMEDY);
      }
    }
    if (!headed) {
      throw new RecordException(file + ": holds no record; " + REMEDY);
    }
    return record;
  }

  private void add(String where, String line) {
    String[] fields = line.split(",", -1);
    if (fields.length != 3 || fields[0].isBlank() || fields[1].isBlank()) {
      throw new RecordException(where + "is not machine,figure,ratio: " + line + "; " + REMEDY);
    }
    double ratio;
    try {
      ratio = Double.parseDouble(fields[2]);
    } catch (NumberFormatException e) {
      ratio = Double.NaN;
    }
    if (!(ratio > 0) || Double.isInfinite(ratio)) {
      throw new RecordException(
          where + "the ratio must be a number above 0, not " + fields[2] + "; " + REMEDY);
    }
    Map<String, Double> figures =
        machines.computeIfAbsent(fields[0].strip(), machine -> new LinkedHashMap<>());
    if (figures.putIfAbsent(fields[1].strip(), ratio) != null) {
      throw new RecordException(
          where + fields[1] + " stands there twice for " + fields[0] + "; " + REMEDY);
    }
  }

  /**
   * The ratios of a class of machine, by figure.
   *
   * @param machine the class
   * @return an unmodifiable map, empty if there is no record for the class
   */
  public SequencedMap<String, Double> ratios(String machine) {
    return Collections.unmodifiableSequencedMap(
        machines.getOrDefault(machine, new LinkedHashMap<>()));
  }

  /**
   * The classes of machine that have records.
   *
   * @return their names in alphabetical order
   */
  public List<String> machines() {
    return List.copyOf(machines.keySet());
  }

  /**
   * The same record with other ratios for one class of machine.
   *
   * @param machine the class
   * @param ratios all its ratios, by figure
   * @return the changed record
   */
  public RatioRecord with(String machine, SequencedMap<String, Double> ratios) {
    SortedMap<String, SequencedMap<String, Double>> all = new TreeMap<>(machines);
    all.put(machine, new LinkedHashMap<>(ratios));
    return new RatioRecord(all);
  }

  /**
   * Writes the record, whole or not at all.
   *
   * @param file the file to create or replace; its folder must exist
   * @throws RecordException if it cannot be written; an old file is then untouched
   */
  public void write(Path file) {
    try {
      AtomicFile.write(file, out -> out.write(text().getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new RecordException(file + ": cannot be written (" + reason(e) + ")");
    }
  }

  private String text() {
    StringBuilder text = new StringBuilder(COMMENT).append(HEADING).append('\n');
    machines.forEach(
        (machine, figures) ->
            figures.forEach(
                (figure, ratio) ->
                    text.append(machine)
                        .append(',')
                        .append(figure)
                        .append(',')
                        .append(Digits.of(ratio, DIGITS))
                        .append('\n')));
    return text.toString();
  }

  private static String reason(IOException e) {
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }
}
