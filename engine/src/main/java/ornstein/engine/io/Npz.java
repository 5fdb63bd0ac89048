package ornstein.engine.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * NumPy's npz archives: zip files with one npy array per entry, as {@code numpy.savez} and {@code
 * numpy.savez_compressed} write them.
 */
public final class Npz {
  private static final String SUFFIX = ".npy";
  private static final int MAX_ENTRY_BYTES = Integer.MAX_VALUE - 64;

  /** A zip entry's whole header must stay under 64 KiB; Java writes longer ones, unreadably. */
  private static final int MAX_NAME_BYTES = 60_000;

  /** Deflate's best case: no honest entry grows more than this. */
  private static final long MAX_DEFLATE_RATIO = 1032;

  /** On top of twice the archive's size; some more goes to what {@link ZipFile} itself needs. */
  private static final long FREE_BYTES = 60L << 20;

  /** Names, headers and objects that come with each array. */
  private static final long OVERHEAD_BYTES = 1024;

  /**
   * The same instant in every archive, so that equal arrays give equal bytes. Zip begins at 1980;
   * its very first day is avoided, for Java adds a time-zone dependent field to it.
   */
  private static final LocalDateTime TIMESTAMP = LocalDateTime.of(1980, 2, 1, 0, 0);

  private Npz() {}

  /**
   * Reads all arrays of an archive, as long as that takes no more memory than twice the file's size
   * plus 60 MiB; this refuses zip bombs. For strongly compressed data use {@link #read(Path,
   * long)}.
   *
   * @param file a regular file
   * @return the arrays under their names without {@code .npy}, in the archive's order
   * @throws FormatException if the archive or one of its arrays is damaged, is no array of numbers,
   *     or takes too much memory
   * @throws IOException if the file is missing or cannot be read
   */
  public static SequencedMap<String, NpyArray> read(Path file) throws IOException {
    return read(file, 2 * InputFile.size(file) + FREE_BYTES);
  }

  /**
   * Reads all arrays of an archive within a bound on memory.
   *
   * @param file a regular file
   * @param maxBytes the most that all arrays together may take once unpacked; an array in Fortran
   *     order counts twice, for it is transposed
   * @return the arrays under their names without {@code .npy}, in the archive's order
   * @throws FormatException if the archive or one of its arrays is damaged, is no array of numbers,
   *     or takes too much memory
   * @throws IOException if the file is missing or cannot be read
   */
  public static SequencedMap<String, NpyArray> read(Path file, long maxBytes) throws IOException {
    long fileBytes = InputFile.size(file);
    MemoryBudget budget = new MemoryBudget(maxBytes);
    SequencedMap<String, NpyArray> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Iterator<? extends ZipEntry> entries = zip.entries().asIterator();
      while (entries.hasNext()) {
        ZipEntry entry = entries.next();
        String name = arrayName(file, entry);
        if (arrays.containsKey(name)) {
          throw new FormatException(file.toString(), name, -1, "appears twice in the archive");
        }
        checkSize(file, entry, name, fileBytes);
        budget.take(file.toString(), name, entry.getSize() + OVERHEAD_BYTES);
        byte[] content = unpack(file, zip, entry, name);
        arrays.put(name, Npy.parse(content, file.toString(), name, budget));
      }
    } catch (ZipException | EOFException e) {
      throw damaged(file, null, e);
    }
    return arrays;
  }

  private static String arrayName(Path file, ZipEntry entry) throws FormatException {
    String name = entry.getName();
    if (!name.endsWith(SUFFIX)) {
      throw new FormatException(
          file.toString(), name, -1, "is no npy array; the archive may hold nothing else");
    }
    return name.substring(0, name.length() - SUFFIX.length());
  }

  /** The sizes that the archive claims are not believed beyond what its bytes can hold. */
  private static void checkSize(Path file, ZipEntry entry, String name, long fileBytes)
      throws FormatException {
    long packed = entry.getCompressedSize();
    long size = entry.getSize();
    long most = entry.getMethod() == ZipEntry.STORED ? packed : packed * MAX_DEFLATE_RATIO;
    if (packed < 0 || packed > fileBytes || size < 0 || size > most) {
      throw new FormatException(
          file.toString(),
          name,
          -1,
          "claims " + size + " bytes from " + packed + " packed ones: the archive is damaged");
    }
    if (size > MAX_ENTRY_BYTES) {
      throw new FormatException(
          file.toString(), name, -1, "takes " + size + " bytes; split arrays of 2 GiB and more");
    }
  }

  private static byte[] unpack(Path file, ZipFile zip, ZipEntry entry, String name)
      throws IOException {
    byte[] content = new byte[(int) entry.getSize()];
    try (InputStream in = zip.getInputStream(entry)) {
      int n = in.readNBytes(content, 0, content.length);
      if (n < content.length || in.read() != -1) {
        throw new FormatException(
            file.toString(), name, n, "is not the " + content.length + " bytes that it claims");
      }
    } catch (ZipException | EOFException e) {
      throw damaged(file, name, e);
    }
    CRC32 crc = new CRC32();
    crc.update(content);
    if (crc.getValue() != entry.getCrc()) {
      throw new FormatException(
          file.toString(), name, -1, "its checksum does not match: the file is damaged");
    }
    return content;
  }

  private static FormatException damaged(Path file, @Nullable String name, IOException cause) {
    String reason = cause.getMessage() == null ? "it ends too early" : cause.getMessage();
    FormatException e =
        new FormatException(
            file.toString(), name, -1, "is no npz archive or is damaged: " + reason);
    e.initCause(cause);
    return e;
  }

  /**
   * Writes arrays uncompressed, as {@code numpy.savez} does, atomically as {@link AtomicFile} does.
   * Equal arrays under equal names in equal order give equal bytes.
   *
   * @param file the file to create or replace; its folder must exist
   * @param arrays the arrays under their names, without {@code .npy}
   * @throws IOException if it cannot be written; an old file then stays as it was
   * @throws IllegalArgumentException if a name takes more than 60,000 bytes of UTF-8 or is not
   *     valid Unicode
   */
  public static void write(Path file, SequencedMap<String, NpyArray> arrays) throws IOException {
    for (String name : arrays.sequencedKeySet()) {
      if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
        throw new IllegalArgumentException(
            "array name '" + FormatException.quote(name) + "' is too long for a zip archive");
      }
    }
    AtomicFile.write(file, out -> write(out, arrays));
  }

  private static void write(OutputStream out, SequencedMap<String, NpyArray> arrays)
      throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, NpyArray> e : arrays.sequencedEntrySet()) {
        zip.putNextEntry(storedEntry(e.getKey(), e.getValue()));
        Npy.write(zip, e.getValue());
        zip.closeEntry();
      }
    }
  }

  /** A stored entry names its size and checksum before its content. */
  private static ZipEntry storedEntry(String name, NpyArray array) throws IOException {
    CRC32 crc = new CRC32();
    Npy.write(new CheckedOutputStream(OutputStream.nullOutputStream(), crc), array);
    ZipEntry entry = new ZipEntry(name + SUFFIX);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(TIMESTAMP);
    entry.setSize(Npy.header(array).length + array.dataBytes());
    entry.setCrc(crc.getValue());
    return entry;
  }
}
