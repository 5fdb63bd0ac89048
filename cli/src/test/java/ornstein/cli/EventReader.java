package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads event files as TensorBoard does, with a CRC and a protocol buffer reader of its own. */
final class EventReader {
  private EventReader() {}

  /**
   * An event.
   *
   * @param time seconds since 1970
   * @param step its step
   * @param version the file's version, or empty
   * @param starts whether it says that a session starts, which voids earlier events from its step
   *     on
   * @param scalars figures by tag
   * @param pictures pictures by tag
   */
  record Event(
      double time,
      long step,
      String version,
      boolean starts,
      Map<String, Float> scalars,
      Map<String, Picture> pictures) {}

  /**
   * A picture.
   *
   * @param height its height as the event says
   * @param width its width
   * @param colours its colour space
   * @param png the file
   */
  record Picture(long height, long width, long colours, ByteBuffer png) {}

  /** All events of a file; the CRC of each record must be right. */
  static List<Event> events(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = new byte[8];
      in.get(length);
      assertEquals(masked(crc(length)), in.getInt(), "CRC of a length");
      byte[] data = new byte[(int) ByteBuffer.wrap(length).order(in.order()).getLong()];
      in.get(data);
      assertEquals(masked(crc(data)), in.getInt(), "CRC of an event");
      events.add(event(data));
    }
    return events;
  }

  /** The figures of a tag by step, from all files of a folder, without those that are void. */
  static Map<Long, Float> scalars(Path folder, String tag) throws IOException {
    TreeMap<Long, Float> values = new TreeMap<>();
    for (Path file : files(folder)) {
      for (Event event : events(file)) {
        if (event.starts()) {
          values.tailMap(event.step(), true).clear();
        }
        if (event.scalars().containsKey(tag)) {
          assertEquals(null, values.put(event.step(), event.scalars().get(tag)), "a step twice");
        }
      }
    }
    return values;
  }

  /** The files in order. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static Event event(byte[] data) {
    Map<Integer, List<Object>> fields = fields(data);
    Map<String, Float> scalars = new LinkedHashMap<>();
    Map<String, Picture> pictures = new LinkedHashMap<>();
    for (Object summary : fields.getOrDefault(5, List.of())) {
      for (Object one : fields((byte[]) summary).getOrDefault(1, List.of())) {
        Map<Integer, List<Object>> value = fields((byte[]) one);
        String tag = text(value.get(1).getFirst());
        if (value.containsKey(2)) {
          scalars.put(tag, Float.intBitsToFloat((Integer) value.get(2).getFirst()));
        }
        if (value.containsKey(4)) {
          Map<Integer, List<Object>> image = fields((byte[]) value.get(4).getFirst());
          pictures.put(
              tag,
              new Picture(
                  (Long) image.get(1).getFirst(),
                  (Long) image.get(2).getFirst(),
                  (Long) image.get(3).getFirst(),
                  ByteBuffer.wrap((byte[]) image.get(4).getFirst())));
        }
      }
    }
    boolean starts =
        fields.containsKey(7)
            && fields((byte[]) fields.get(7).getFirst()).get(1).getFirst().equals(1L);
    return new Event(
        Double.longBitsToDouble((Long) fields.get(1).getFirst()),
        (Long) fields.get(2).getFirst(),
        fields.containsKey(3) ? text(fields.get(3).getFirst()) : "",
        starts,
        scalars,
        pictures);
  }

  private static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.UTF_8);
  }

  private static Map<Integer, List<Object>> fields(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    Map<Integer, List<Object>> fields = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      long key = varint(in);
      Object value =
          switch ((int) (key & 7)) {
            case 0 -> varint(in);
            case 1 -> in.getLong();
            case 2 -> {
              byte[] bytes = new byte[(int) varint(in)];
              in.get(bytes);
              yield bytes;
            }
            case 5 -> in.getInt();
            default -> throw new AssertionError("a field of way " + (key & 7));
          };
      fields.computeIfAbsent((int) (key >> 3), k -> new ArrayList<>()).add(value);
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  /** CRC-32C bit by bit; of "123456789" it is e3069283. */
  static int crc(byte[] bytes) {
    int crc = -1;
    for (byte b : bytes) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ 0x82f63b78;
      }
    }
    return ~crc;
  }

  private static int masked(int crc) {
    return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
  }
}
