package ornstein.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A file that TensorBoard reads: figures and pictures by step.
 *
 * <p>The file is a row of records, each {@code uint64 length, uint32 masked CRC of the length,
 * data, uint32 masked CRC of the data}, little-endian, with CRC-32C (tensorflow, {@code
 * core/lib/io/record_writer.h}). The data of each is a protocol buffer {@code Event} (tensorboard,
 * {@code compat/proto/event.proto} and {@code summary.proto}), of which these fields are written:
 *
 * <pre>
 * Event:      1 double wall_time, 2 int64 step, 3 string file_version, 5 Summary, 7 SessionLog
 * SessionLog: 1 enum status (1 is START)
 * Summary:    1 repeated Value
 * Value:      1 string tag, 2 float simple_value, 4 Image
 * Image:      1 int32 height, 2 int32 width, 3 int32 colorspace, 4 bytes encoded_image_string
 * </pre>
 */
final class EventFile implements AutoCloseable {
  private static final String PREFIX = "events.out.tfevents.";
  private static final Pattern NUMBERED =
      Pattern.compile(Pattern.quote(PREFIX) + "([0-9]{1,18})\\..*");
  private static final String VERSION = "brain.Event:2";

  /** So that the CRC of data that holds CRCs is a good one too ({@code lib/hash/crc32c.h}). */
  private static final int MASK_DELTA = 0xa282ead8;

  private static final int STATUS_START = 1;

  /** Numbers of the ways in which a protocol buffer's fields are written. */
  private static final int VARINT = 0;

  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /** Where a PNG file's header chunk has width and height. */
  private static final int PNG_WIDTH = 16;

  private static final int PNG_HEIGHT = 20;
  private static final int PNG_COLOUR_TYPE = 25;

  private final OutputStream out;

  private EventFile(OutputStream out) {
    this.out = out;
  }

  /**
   * Begins a file behind those that a folder holds.
   *
   * @param folder the folder, which exists
   * @param step the step that the run goes on from: events of later steps in the files before are
   *     void, and TensorBoard drops them
   */
  static EventFile create(Path folder, long step) throws IOException {
    long number;
    try (Stream<Path> files = Files.list(folder)) {
      number = files.mapToLong(EventFile::number).max().orElse(-1) + 1;
    }
    // Readers take the files in the order of their names; a clock may be set back.
    Path file = folder.resolve(String.format(Locale.ROOT, "%s%06d.ornstein", PREFIX, number));
    EventFile events =
        new EventFile(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    boolean done = false;
    try {
      events.record(new Message().string(3, VERSION), 0);
      events.record(new Message().bytes(7, new Message().integer(1, STATUS_START)), step + 1);
      done = true;
      return events;
    } finally {
      if (!done) {
        events.close();
      }
    }
  }

  /** The number in a file's name; −1 if there is none. */
  private static long number(Path file) {
    Matcher name = NUMBERED.matcher(file.getFileName().toString());
    return name.matches() ? Long.parseLong(name.group(1)) : -1;
  }

  /** Appends figures by tag; those that are NaN are left out. */
  void scalars(long step, SequencedMap<String, Double> values) throws IOException {
    Message summary = new Message();
    for (Map.Entry<String, Double> value : values.entrySet()) {
      if (!value.getValue().isNaN()) {
        Message one = new Message().string(1, value.getKey());
        summary.bytes(1, one.float32(2, value.getValue().floatValue()));
      }
    }
    record(new Message().bytes(5, summary), step);
  }

  /** Appends a picture, a whole PNG file. */
  void picture(long step, String tag, byte[] png) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(png);
    int colours = png[PNG_COLOUR_TYPE]; // 0 grey, 2 RGB, 3 a palette of RGB, 4 and 6 with alpha
    Message image =
        new Message()
            .integer(1, header.getInt(PNG_HEIGHT))
            .integer(2, header.getInt(PNG_WIDTH))
            .integer(3, colours == 0 ? 1 : colours == 4 ? 2 : colours == 6 ? 4 : 3)
            .bytes(4, png);
    Message value = new Message().string(1, tag).bytes(4, image);
    record(new Message().bytes(5, new Message().bytes(1, value)), step);
  }

  /** Appends an event; it is in the file, if not on the disk, when this returns. */
  private void record(Message what, long step) throws IOException {
    byte[] event =
        new Message()
            .float64(1, System.currentTimeMillis() / 1e3)
            .integer(2, step)
            .append(what)
            .toByteArray();
    byte[] length =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(event.length)
            .array();
    ByteBuffer whole =
        ByteBuffer.allocate(Long.BYTES + event.length + 2 * Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    whole.put(length).putInt(maskedCrc(length)).put(event).putInt(maskedCrc(event));
    out.write(whole.array()); // in one piece, so that a killed process seldom leaves half of it
  }

  private static int maskedCrc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** A protocol buffer in the making (protobuf.dev, "Encoding"). */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Message key(int field, int way) {
      return varint(((long) field << 3) | way);
    }

    private Message varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
      return this;
    }

    Message integer(int field, long value) {
      return key(field, VARINT).varint(value);
    }

    Message float32(int field, float value) {
      key(field, FIXED32);
      return little(Float.floatToRawIntBits(value), Float.BYTES);
    }

    Message float64(int field, double value) {
      key(field, FIXED64);
      return little(Double.doubleToRawLongBits(value), Double.BYTES);
    }

    private Message little(long bits, int bytes) {
      for (int i = 0; i < bytes; i++) {
        out.write((int) (bits >>> (8 * i)));
      }
      return this;
    }

    Message string(int field, String text) {
      return bytes(field, text.getBytes(StandardCharsets.UTF_8));
    }

    Message bytes(int field, Message inner) {
      return bytes(field, inner.toByteArray());
    }

    Message bytes(int field, byte[] bytes) {
      key(field, BYTES).varint(bytes.length);
      out.writeBytes(bytes);
      return this;
    }

    Message append(Message more) {
      out.writeBytes(more.toByteArray());
      return this;
    }

    byte[] toByteArray() {
      return out.toByteArray();
    }
  }
}
