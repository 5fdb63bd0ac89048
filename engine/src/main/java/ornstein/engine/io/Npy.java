package ornstein.engine.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;

/**
 * NumPy's npy files, format versions 1.0, 2.0 and 3.0: one array each. Read are little-endian
 * {@code <f8 <f4 <f2 <i8 <i4} and {@code |u1 |b1}; an array in Fortran order is transposed to C
 * order. Pickled objects are never read.
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER_BYTES = 1 << 16;
  private static final int MAX_FILE_BYTES = Integer.MAX_VALUE - 64;

  /** NumPy pads to this, so that the elements can be mapped at an aligned address. */
  private static final int ALIGNMENT = 64;

  private Npy() {}

  /**
   * Reads a file.
   *
   * @param file a regular file of less than 2 GiB
   * @return its array
   * @throws FormatException if it is no valid npy file, or of a type that is not supported
   * @throws IOException if the file is missing or cannot be read
   */
  public static NpyArray read(Path file) throws IOException {
    long size = InputFile.size(file);
    if (size > MAX_FILE_BYTES) {
      throw new FormatException(
          file.toString(), null, -1, "has " + size + " bytes; split arrays of 2 GiB and more");
    }
    return parse(Files.readAllBytes(file), file.toString(), null, MemoryBudget.unlimited());
  }

  /**
   * Reads a file's content that is in memory already.
   *
   * @param content the bytes of the whole file; not copied, so leave them unchanged
   * @param source a name for the content, used in error messages
   * @return its array
   * @throws FormatException if it is no valid npy file, or of a type that is not supported
   */
  public static NpyArray parse(byte[] content, String source) throws FormatException {
    return parse(content, source, null, MemoryBudget.unlimited());
  }

  static NpyArray parse(byte[] content, String file, @Nullable String entry, MemoryBudget budget)
      throws FormatException {
    if (content.length < MAGIC.length + 4
        || !Arrays.equals(content, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new FormatException(
          file, entry, 0, "is no npy array: it does not begin with \\x93NUMPY");
    }
    int major = content[6];
    if (major < 1 || major > 3 || content[7] != 0) {
      throw new FormatException(
          file,
          entry,
          6,
          "npy version "
              + (major & 0xFF)
              + "."
              + (content[7] & 0xFF)
              + "; known are 1.0, 2.0, 3.0");
    }
    int start = major == 1 ? 10 : 12;
    long headerBytes = 0;
    for (int i = Math.min(start, content.length) - 1; i >= 8; i--) {
      headerBytes = (headerBytes << 8) | (content[i] & 0xFF);
    }
    if (headerBytes > MAX_HEADER_BYTES || start + headerBytes > content.length) {
      throw new FormatException(
          file,
          entry,
          8,
          "header length " + headerBytes + " reaches beyond the array or its limit of 64 KiB");
    }
    int dataStart = start + (int) headerBytes;
    String text = new String(content, start, (int) headerBytes, StandardCharsets.ISO_8859_1);
    NpyHeader.Fields fields = NpyHeader.parse(text, file, entry, start);
    long needed = (long) fields.shape().size() * fields.dtype().bytes();
    long present = (long) content.length - dataStart;
    if (needed != present) {
      throw new FormatException(
          file,
          entry,
          dataStart,
          (needed > present ? "truncated: " : "too long: ")
              + fields.dtype()
              + " of shape "
              + fields.shape()
              + " takes "
              + needed
              + " bytes, but "
              + present
              + " follow");
    }
    MemorySegment data = MemorySegment.ofArray(content).asSlice(dataStart, needed);
    String name = entry == null ? fields.dtype() + " " + fields.shape() : entry;
    if (fields.fortranOrder()) {
      budget.take(file, name, needed);
      data = toRowMajor(data, fields.shape(), fields.dtype().bytes());
    }
    return new NpyArray(fields.dtype(), fields.shape(), data, file, name);
  }

  /**
   * Walks the target in order with an odometer of indices; the first axis is dense in the source.
   */
  private static MemorySegment toRowMajor(MemorySegment source, Shape shape, int elementBytes) {
    int rank = shape.rank();
    int[] dims = shape.dims();
    long[] strides = new long[rank];
    long stride = elementBytes;
    for (int i = 0; i < rank; i++) {
      strides[i] = stride;
      stride *= dims[i];
    }
    byte[] out = new byte[(int) source.byteSize()];
    int[] index = new int[rank];
    long from = 0;
    for (int to = 0; to < out.length; to += elementBytes) {
      MemorySegment.copy(source, ValueLayout.JAVA_BYTE, from, out, to, elementBytes);
      for (int axis = rank - 1; axis >= 0; axis--) {
        from += strides[axis];
        if (++index[axis] < dims[axis]) {
          break;
        }
        from -= strides[axis] * dims[axis];
        index[axis] = 0;
      }
    }
    return MemorySegment.ofArray(out);
  }

  /**
   * Writes a file of version 1.0 in C order, atomically as {@link AtomicFile} does.
   *
   * @param file the file to create or replace; its folder must exist
   * @param array the array to write
   * @throws IOException if it cannot be written; an old file then stays as it was
   */
  public static void write(Path file, NpyArray array) throws IOException {
    AtomicFile.write(file, out -> write(out, array));
  }

  /**
   * Writes an array of version 1.0 in C order to a stream, which stays open.
   *
   * @param out where to
   * @param array the array to write
   * @throws IOException if the stream throws it
   */
  public static void write(OutputStream out, NpyArray array) throws IOException {
    out.write(header(array));
    array.writeData(out);
  }

  static byte[] header(NpyArray array) {
    byte[] text =
        NpyHeader.format(array.dtype(), array.shape()).getBytes(StandardCharsets.ISO_8859_1);
    int start = MAGIC.length + 4;
    int size = Math.ceilDiv(start + text.length + 1, ALIGNMENT) * ALIGNMENT;
    byte[] header = Arrays.copyOf(MAGIC, size);
    Arrays.fill(header, start, size, (byte) ' ');
    header[6] = 1;
    header[7] = 0;
    header[8] = (byte) (size - start);
    header[9] = (byte) ((size - start) >>> 8);
    System.arraycopy(text, 0, header, start, text.length);
    header[size - 1] = '\n';
    return header;
  }
}
