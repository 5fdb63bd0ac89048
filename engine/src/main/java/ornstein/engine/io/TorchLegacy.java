package ornstein.engine.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * PyTorch's format before 1.6: five pickles, namely a magic number, a version, facts about the
 * system, the object and the list of its storages' keys; then each storage's count of elements in 8
 * bytes and the elements, little-endian on every machine.
 */
final class TorchLegacy implements TorchGlobals.Storages {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long VERSION = 1001;
  private static final int STORAGE_BYTES = 400;
  private static final int VIEW_BYTES = 32;

  /** A storage that the object's pickle mentions, of the type that it mentions first. */
  private record Mentioned(TorchStorage storage, TorchElement element) {}

  private final String source;
  private final MemorySegment content;
  private final PickleInput in;
  private final Map<String, Mentioned> storages = new HashMap<>();
  private final List<TorchView> views = new ArrayList<>();

  private TorchLegacy(String source, MemorySegment content, MemoryBudget budget) {
    this.source = source;
    this.content = content;
    this.in = new PickleInput(source, null, content, budget);
  }

  /** Whether the file begins with a pickle of protocol 2 or later. */
  static boolean begins(MemorySegment file) {
    return file.byteSize() >= 2
        && file.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0x80
        && file.get(ValueLayout.JAVA_BYTE, 1) >= 2;
  }

  static TorchValue read(String source, MemorySegment content, MemoryBudget budget)
      throws FormatException {
    return new TorchLegacy(source, content, budget).read();
  }

  private TorchValue read() throws FormatException {
    TorchGlobals globals = new TorchGlobals(in, this);
    long at = in.position();
    if (!Unpickler.load(in, globals).equals(MAGIC)) {
      throw in.fault(
          at,
          "is no PyTorch checkpoint but another pickle: it does not begin with PyTorch's number");
    }
    at = in.position();
    Object version = Unpickler.load(in, globals);
    if (!version.equals(VERSION)) {
      throw in.fault(at, "the legacy format's version is not " + VERSION);
    }
    // The word lengths of the system that wrote it, which nothing depends on.
    Unpickler.load(in, globals);
    Object root = Unpickler.load(in, globals);
    at = in.position();
    if (!(Unpickler.load(in, globals) instanceof PickleNode.Sequence keys)) {
      throw in.fault(at, "the keys of the storages are no list");
    }
    for (Object key : keys.items) {
      readStorage(key);
    }
    for (TorchView view : views) {
      view.checkSize();
    }
    return TorchTree.of(root, in);
  }

  private void readStorage(Object key) throws FormatException {
    long at = in.position();
    Mentioned mentioned = key instanceof String text ? storages.remove(text) : null;
    if (mentioned == null) {
      throw in.fault(at, "a storage that follows belongs to no tensor; the file is damaged");
    }
    long count = in.i64();
    if (count < 0 || count > TorchView.MAX_COUNT) {
      throw in.fault(at, "a storage of " + count + " elements");
    }
    long bytes = count * mentioned.element().bytes();
    long start = in.skip(bytes);
    mentioned.storage().attach(content.asSlice(start, bytes), start);
  }

  @Override
  public TorchStorage storage(String key, TorchElement element, long at) throws FormatException {
    Mentioned known = storages.get(key);
    if (known == null) {
      in.charge(STORAGE_BYTES);
      known = new Mentioned(new TorchStorage(source, key, ByteOrder.LITTLE_ENDIAN), element);
      storages.put(key, known);
    } else if (known.element() != element) {
      throw in.fault(at, "the storage '" + FormatException.quote(key) + "' has two types");
    }
    return known.storage();
  }

  @Override
  public void use(TorchView view) throws FormatException {
    in.charge(VIEW_BYTES);
    views.add(view);
  }
}
