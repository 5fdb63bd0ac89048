package ornstein.engine.io;

import java.util.Collection;
import java.util.Collections;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A dict or OrderedDict in a checkpoint, in its order. Keys are mostly texts; the state of an
 * optimizer has whole numbers. Equal to itself only.
 */
public final class TorchDict implements TorchValue {
  /**
   * A key and its value.
   *
   * @param key a {@link TorchValue.Text}, {@link TorchValue.Whole}, {@link TorchValue.Real}, {@link
   *     TorchValue.Bool}, {@link TorchValue.Bytes}, {@link TorchValue.Constant}, {@link
   *     TorchValue.None} or a tuple of those
   * @param value the value
   */
  public record Entry(TorchValue key, TorchValue value) {}

  private final SequencedMap<String, Entry> entries;
  private final SequencedMap<String, TorchValue> attributes;

  /** The entries are under their {@link PickleKey}; neither map is copied. */
  TorchDict(SequencedMap<String, Entry> entries, SequencedMap<String, TorchValue> attributes) {
    this.entries = entries;
    this.attributes = attributes;
  }

  /**
   * All keys and values.
   *
   * @return an unmodifiable collection in the file's order
   */
  public Collection<Entry> entries() {
    return Collections.unmodifiableCollection(entries.sequencedValues());
  }

  /**
   * The value of a text.
   *
   * @param key the key
   * @return the value, or null if there is none
   */
  public @Nullable TorchValue get(String key) {
    return value(PickleKey.ofText(key));
  }

  /**
   * The value of a whole number. As in Python, 0 and 1 are also False and True.
   *
   * @param key the key
   * @return the value, or null if there is none
   */
  public @Nullable TorchValue get(long key) {
    return value(PickleKey.ofWhole(key));
  }

  private @Nullable TorchValue value(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  /**
   * What was attached to the dict beside its items: {@code _metadata} in a module's state dict,
   * with the version of each layer.
   *
   * @return an unmodifiable map, mostly empty
   */
  public SequencedMap<String, TorchValue> attributes() {
    return Collections.unmodifiableSequencedMap(attributes);
  }

  @Override
  public String toString() {
    return "dict of " + entries.size();
  }
}
