package ornstein.bench.peers;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A model of a few operations in ONNX's format, written field by field: messages of Protocol
 * Buffers whose numbers are those of the standard's {@code onnx.proto}. One input {@code x} or
 * more, one output {@code y}.
 */
final class OnnxModel {
  private static final int VERSION_OF_FORMAT = 8;
  private static final int FLOAT = 1;
  private static final int TYPE_INT = 2;
  private static final int TYPE_INTS = 7;
  private static final int TYPE_FLOAT = 1;

  private final Message graph = new Message().text(2, "operations");
  private final int operators;

  /**
   * An empty model.
   *
   * @param operators version of the standard's operator set
   */
  OnnxModel(int operators) {
    this.operators = operators;
  }

  /** Adds an input. */
  OnnxModel input(String name, long... shape) {
    graph.message(11, value(name, shape));
    return this;
  }

  /** Adds a constant, which the library may lay out as it likes. */
  OnnxModel constant(String name, float[] values, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Message tensor = new Message();
    for (long extent : shape) {
      tensor.number(1, extent);
    }
    graph.message(5, tensor.number(2, FLOAT).text(8, name).bytes(9, bytes.array()));
    return this;
  }

  /** Adds an operation. */
  OnnxModel node(String type, List<String> inputs, String output, Attribute... attributes) {
    Message node = new Message();
    inputs.forEach(name -> node.text(1, name));
    node.text(2, output).text(4, type);
    for (Attribute a : attributes) {
      node.message(5, a.message);
    }
    graph.message(1, node);
    return this;
  }

  /** Names the output's shape and ends the model. */
  byte[] output(long... shape) {
    graph.message(12, value("y", shape));
    Message imports = new Message().text(1, "").number(2, operators);
    return new Message()
        .number(1, VERSION_OF_FORMAT)
        .message(7, graph)
        .message(8, imports)
        .toByteArray();
  }

  private static Message value(String name, long... shape) {
    Message dims = new Message();
    for (long extent : shape) {
      dims.message(1, new Message().number(1, extent));
    }
    Message tensor = new Message().number(1, FLOAT).message(2, dims);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /** An operation's fixed parameter. */
  static final class Attribute {
    private final Message message;

    private Attribute(Message message) {
      this.message = message;
    }

    static Attribute of(String name, long value) {
      return new Attribute(new Message().text(1, name).number(3, value).number(20, TYPE_INT));
    }

    static Attribute of(String name, float value) {
      return new Attribute(new Message().text(1, name).real(2, value).number(20, TYPE_FLOAT));
    }

    static Attribute of(String name, long... values) {
      Message message = new Message().text(1, name);
      for (long v : values) {
        message.number(8, v);
      }
      return new Attribute(message.number(20, TYPE_INTS));
    }
  }

  /** A message of Protocol Buffers: fields, each with its number and a kind. */
  private static final class Message {
    private static final int VARINT = 0;
    private static final int DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3 | VARINT);
      varint(value);
      return this;
    }

    Message real(int field, float value) {
      varint((long) field << 3 | FIXED32);
      int bits = Float.floatToIntBits(value);
      for (int i = 0; i < Float.BYTES; i++) {
        out.write(bits >>> (8 * i));
      }
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.toByteArray());
    }

    Message bytes(int field, byte[] value) {
      varint((long) field << 3 | DELIMITED);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) (rest & 0x7f) + 0x80); // more follow
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    byte[] toByteArray() {
      return out.toByteArray();
    }
  }
}
