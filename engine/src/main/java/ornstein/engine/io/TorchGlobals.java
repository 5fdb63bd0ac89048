package ornstein.engine.io;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

/**
 * The names that a checkpoint may use, each with a meaning of its own here. Nothing is looked up
 * anywhere else: whatever is not in the list is refused by its name.
 */
final class TorchGlobals implements Unpickler.World {
  private static final int MAX_RANK = SafeTensorsHeader.MAX_RANK;
  private static final int TENSOR_BYTES = 256;

  /** Where the bytes of storages come from. */
  @FunctionalInterface
  interface Storages {
    /** The storage of a key, which the file must have. */
    TorchStorage storage(String key, TorchElement element, long at) throws FormatException;

    /** A part of a storage that was asked for. */
    default void use(TorchView view) throws FormatException {
      view.checkSize();
    }
  }

  private enum Function {
    ORDERED_DICT,
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    SIZE,
    DEVICE,
    SET,
    BYTES,
    ENCODE,
    NUMPY_TYPE,
    NUMPY_SCALAR
  }

  private static final Map<String, Object> GLOBALS = globals();

  private final PickleInput in;
  private final Storages storages;

  TorchGlobals(PickleInput in, Storages storages) {
    this.in = in;
    this.storages = storages;
  }

  private static Map<String, Object> globals() {
    Map<String, Object> known = new HashMap<>();
    known.put("collections OrderedDict", Function.ORDERED_DICT);
    known.put("torch._utils _rebuild_tensor", Function.REBUILD_TENSOR);
    known.put("torch._utils _rebuild_tensor_v2", Function.REBUILD_TENSOR);
    known.put("torch._utils _rebuild_parameter", Function.REBUILD_PARAMETER);
    known.put("torch Size", Function.SIZE);
    known.put("torch device", Function.DEVICE);
    for (String builtins : List.of("builtins", "__builtin__")) {
      known.put(builtins + " set", Function.SET);
      known.put(builtins + " frozenset", Function.SET);
      known.put(builtins + " bytes", Function.BYTES);
      known.put(builtins + " bytearray", Function.BYTES);
    }
    // How protocol 2, PyTorch's, writes bytes.
    known.put("_codecs encode", Function.ENCODE);
    known.put("numpy dtype", Function.NUMPY_TYPE);
    known.put("numpy.core.multiarray scalar", Function.NUMPY_SCALAR);
    known.put("numpy._core.multiarray scalar", Function.NUMPY_SCALAR);
    for (TorchElement element : TorchElement.values()) {
      known.put("torch " + element.className(), element);
      known.put("torch.cuda " + element.className(), element);
    }
    for (String dtype :
        "float64 float32 float16 bfloat16 complex32 complex64 complex128 int64 int32 int16 int8 uint8 bool"
            .split(" ", -1)) {
      known.put("torch " + dtype, new TorchValue.Constant("torch." + dtype));
    }
    return known;
  }

  @Override
  public Object global(String module, String name, long at) throws FormatException {
    Object meaning = GLOBALS.get(module + " " + name);
    if (meaning == null) {
      throw in.fault(
          at,
          "the global '"
              + FormatException.quote(module + "." + name)
              + "' is none that this reader takes, and nothing was run; save the numbers alone,"
              + " for example torch.save(model.state_dict(), file)");
    }
    return meaning;
  }

  @Override
  public Object call(Object callee, List<Object> args, long at) throws FormatException {
    if (!(callee instanceof Function function)) {
      throw in.fault(at, "what is called is no function that this reader takes");
    }
    return switch (function) {
      case ORDERED_DICT -> orderedDict(args, at);
      case REBUILD_TENSOR -> tensor(args, at);
      case REBUILD_PARAMETER -> argument(args, 0, TorchTensor.class, "a tensor", at);
      case SIZE -> argument(args, 0, PickleNode.Tuple.class, "a tuple", at);
      case DEVICE -> device(args, at);
      case SET -> set(args, at);
      case BYTES -> args.isEmpty() ? new byte[0] : encode(args, at);
      case ENCODE -> encode(args, at);
      case NUMPY_TYPE -> numpyType(args, at);
      case NUMPY_SCALAR -> numpyScalar(args, at);
    };
  }

  private <T> T argument(List<Object> args, int i, Class<T> type, String what, long at)
      throws FormatException {
    if (i >= args.size() || !type.isInstance(args.get(i))) {
      throw in.fault(at, "argument " + (i + 1) + " of a call must be " + what);
    }
    return type.cast(args.get(i));
  }

  private PickleNode orderedDict(List<Object> args, long at) throws FormatException {
    PickleNode.Dict dict = new PickleNode.Dict();
    in.charge(200);
    if (!args.isEmpty()) {
      // Before protocol 2's way of filling a dict, its pairs came as a list of lists.
      for (Object pair :
          argument(args, 0, PickleNode.Sequence.class, "a list of pairs", at).items) {
        List<Object> items =
            pair instanceof PickleNode.Tuple tuple
                ? tuple.items
                : pair instanceof PickleNode.Sequence list ? list.items : List.of();
        if (items.size() != 2) {
          throw in.fault(at, "an OrderedDict is made of something other than pairs");
        }
        Unpickler.putAll(in, dict.items, items, at);
      }
    }
    return dict;
  }

  private PickleNode set(List<Object> args, long at) throws FormatException {
    PickleNode.Distinct set = new PickleNode.Distinct();
    in.charge(200);
    if (!args.isEmpty()) {
      List<Object> items = argument(args, 0, PickleNode.Sequence.class, "a list", at).items;
      Unpickler.addAll(in, set, items, at);
    }
    return set;
  }

  private TorchTensor tensor(List<Object> args, long at) throws FormatException {
    TorchView view = argument(args, 0, TorchView.class, "a storage", at);
    long offset = argument(args, 1, Long.class, "a whole number", at);
    List<Object> size = argument(args, 2, PickleNode.Tuple.class, "a tuple", at).items;
    List<Object> stride = argument(args, 3, PickleNode.Tuple.class, "a tuple", at).items;
    if (args.size() > 6 && !(args.get(6) instanceof PickleNode.Dict d && d.items.isEmpty())) {
      throw in.fault(at, "a tensor is marked as conjugate or negative; save its clone()");
    }
    if (size.size() != stride.size() || size.size() > MAX_RANK) {
      throw in.fault(
          at,
          "a tensor has "
              + size.size()
              + " extents and "
              + stride.size()
              + " strides; they must be as many, and at most "
              + MAX_RANK);
    }
    in.charge(TENSOR_BYTES + 32L * size.size());
    int[] dims = new int[size.size()];
    long[] strides = new long[dims.length];
    try {
      for (int i = 0; i < dims.length; i++) {
        dims[i] = Shape.extent(argument(size, i, Long.class, "a whole number", at));
        strides[i] = argument(stride, i, Long.class, "a whole number", at);
      }
      Shape shape = Shape.of(dims);
      String problem = view.problem(shape, offset, strides);
      if (problem != null) {
        throw in.fault(at, problem);
      }
      return new TorchTensor(view, shape, offset, strides);
    } catch (ShapeException e) {
      throw in.fault(at, String.valueOf(e.getMessage()));
    }
  }

  private TorchValue device(List<Object> args, long at) throws FormatException {
    String type = argument(args, 0, String.class, "a text", at);
    in.charge(64 + 2L * type.length());
    return new TorchValue.Constant(
        args.size() < 2 ? type : type + ":" + argument(args, 1, Long.class, "a number", at));
  }

  private byte[] encode(List<Object> args, long at) throws FormatException {
    if (args.size() == 1) {
      return argument(args, 0, byte[].class, "bytes", at);
    }
    String text = argument(args, 0, String.class, "a text", at);
    String encoding = argument(args, 1, String.class, "a text", at);
    if (!encoding.equals("latin1") && !encoding.equals("latin-1")) {
      throw in.fault(at, "bytes are written in '" + FormatException.quote(encoding) + "'");
    }
    in.charge(64 + 2L * text.length());
    if (!StandardCharsets.ISO_8859_1.newEncoder().canEncode(text)) {
      throw in.fault(at, "bytes are written as a text with characters beyond Latin-1");
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private Object numpyType(List<Object> args, long at) throws FormatException {
    String code = argument(args, 0, String.class, "a text", at);
    NumpyScalar.Type type = NumpyScalar.type(code);
    if (type == null) {
      throw in.fault(
          at,
          "NumPy's type '" + FormatException.quote(code) + "' is no plain number; save a tensor");
    }
    in.charge(32);
    return type;
  }

  private Object numpyScalar(List<Object> args, long at) throws FormatException {
    NumpyScalar.Type type = argument(args, 0, NumpyScalar.Type.class, "a dtype of NumPy", at);
    // Python 2 wrote the bytes as a text, which may have been good UTF-8 by chance.
    byte[] content =
        args.size() > 1 && args.get(1) instanceof String text && text.length() <= 8
            ? text.getBytes(StandardCharsets.UTF_8)
            : argument(args, 1, byte[].class, "bytes", at);
    in.charge(64);
    Object value = NumpyScalar.value(type, content);
    if (value == null) {
      throw in.fault(at, "a number of NumPy does not have the bytes of its type");
    }
    return value;
  }

  @Override
  public Object persistent(Object id, long at) throws FormatException {
    List<Object> parts = id instanceof PickleNode.Tuple tuple ? tuple.items : List.of();
    if (parts.size() < 5 || parts.size() > 6 || !parts.get(0).equals("storage")) {
      throw in.fault(at, "a persistent id is no storage; only storages lie outside of the pickle");
    }
    TorchElement element = argument(parts, 1, TorchElement.class, "a type of storage", at);
    String key = argument(parts, 2, String.class, "a text", at);
    long count = argument(parts, 4, Long.class, "a whole number", at);
    long first = 0;
    if (count < 0 || count > TorchView.MAX_COUNT) {
      throw in.fault(at, "a storage of " + count + " elements");
    }
    if (parts.size() == 6 && parts.get(5) instanceof PickleNode.Tuple part) {
      long whole = count;
      first = argument(part.items, 1, Long.class, "a whole number", at);
      count = argument(part.items, 2, Long.class, "a whole number", at);
      if (first < 0 || count < 0 || first > whole || count > whole - first) {
        throw in.fault(at, "a part of a storage reaches beyond it");
      }
    }
    in.charge(64);
    TorchView view = new TorchView(storages.storage(key, element, at), element, first, count);
    storages.use(view);
    return view;
  }

  @Override
  public void build(Object target, Object state, long at) throws FormatException {
    List<Object> parts = state instanceof PickleNode.Tuple tuple ? tuple.items : List.of();
    if (!(target instanceof NumpyScalar.Type type)
        || parts.size() < 2
        || !(parts.get(1) instanceof String order)
        || !type.order(order)) {
      throw in.fault(at, "the state of an object is none that this reader takes");
    }
  }
}
