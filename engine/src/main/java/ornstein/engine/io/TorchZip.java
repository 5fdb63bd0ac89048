package ornstein.engine.io;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * The format of PyTorch 1.6 and later: a zip archive of one folder with {@code data.pkl}, the
 * pickle, and {@code data/<key>}, the storages.
 */
final class TorchZip {
  private static final String PICKLE = "/data.pkl";
  private static final int STORAGE_BYTES = 300;

  private final String source;
  private final ZipDirectory zip;
  private final MemoryBudget budget;
  private final String folder;
  private final ByteOrder order;
  private final Map<String, TorchStorage> storages = new HashMap<>();

  private TorchZip(String source, ZipDirectory zip, MemoryBudget budget) throws FormatException {
    this.source = source;
    this.zip = zip;
    this.budget = budget;
    this.folder = folder();
    this.order = order();
  }

  static TorchValue read(String source, MemorySegment content, MemoryBudget budget)
      throws FormatException {
    return new TorchZip(source, ZipDirectory.parse(source, content, budget), budget).root();
  }

  private TorchValue root() throws FormatException {
    String name = folder + PICKLE;
    PickleInput in = new PickleInput(source, name, checked(entry(name)), budget);
    return TorchTree.of(Unpickler.load(in, new TorchGlobals(in, this::storage)), in);
  }

  /** The folder has the name that the file had when it was saved, or simply archive. */
  private String folder() throws FormatException {
    String found = null;
    for (String name : zip.entries().sequencedKeySet()) {
      if (name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()) {
        if (found != null) {
          throw new FormatException(source, name, -1, "is a second pickle in the archive");
        }
        found = name.substring(0, name.length() - PICKLE.length());
      }
    }
    if (found == null) {
      throw new FormatException(
          source, null, -1, "is no PyTorch checkpoint: the zip archive has no <name>/data.pkl");
    }
    if (zip.entries().containsKey(found + "/constants.pkl")) {
      throw new FormatException(
          source,
          null,
          -1,
          "is a TorchScript archive, which holds a program; load it with torch.jit.load and save its"
              + " state_dict() with torch.save");
    }
    return found;
  }

  private ByteOrder order() throws FormatException {
    String name = folder + "/byteorder";
    if (!zip.entries().containsKey(name)) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    PickleInput in = new PickleInput(source, name, checked(entry(name)), budget);
    String order = in.utf8(Math.min(in.left(), "little".length() + 1));
    if (order.equals("big")) {
      return ByteOrder.BIG_ENDIAN;
    }
    if (order.equals("little")) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    throw new FormatException(source, name, 0, "is neither little nor big");
  }

  private ZipDirectory.Entry entry(String name) throws FormatException {
    ZipDirectory.Entry entry = zip.entries().get(name);
    if (entry == null) {
      throw new FormatException(
          source, name, -1, "is missing in the archive; the file is incomplete or damaged");
    }
    return entry;
  }

  /** The bytes of an entry that is read at once. */
  private MemorySegment checked(ZipDirectory.Entry entry) throws FormatException {
    if (entry.size() > PickleInput.MAX_PICKLE_BYTES) {
      throw new FormatException(
          source,
          entry.name(),
          -1,
          "is longer than " + PickleInput.MAX_PICKLE_BYTES + " bytes; save tensors, not lists");
    }
    return storage(entry).bytes();
  }

  private TorchStorage storage(ZipDirectory.Entry entry) throws FormatException {
    TorchStorage storage = new TorchStorage(source, entry.name(), order);
    storage.attach(zip.content(entry), zip.start(entry));
    storage.expectCrc(entry.crc());
    return storage;
  }

  private TorchStorage storage(String key, TorchElement element, long at) throws FormatException {
    TorchStorage known = storages.get(key);
    if (known != null) {
      return known;
    }
    String name = folder + "/data/" + key;
    budget.take(source, name, STORAGE_BYTES + 4L * name.length());
    TorchStorage storage = storage(entry(name));
    storages.put(key, storage);
    return storage;
  }
}
