package ornstein.engine.internal;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A heap array, how often it was changed, and what is kept in other layouts of its data. */
final class Storage {
  private final float[] array;
  private int revision;
  private final List<WeakReference<Packed>> layouts = new ArrayList<>();

  Storage(float[] array) {
    this.array = array;
  }

  float[] array() {
    return array;
  }

  /** Notes that data is about to change. */
  void touch() {
    revision++;
  }

  int revision() {
    return revision;
  }

  /**
   * The packed form that programs share, or null. Programs hold it strongly, the storage weakly: it
   * goes with the last program.
   */
  synchronized @Nullable Packed find(Packed.Key key) {
    layouts.removeIf(w -> w.get() == null);
    for (WeakReference<Packed> w : layouts) {
      Packed p = w.get();
      if (p != null && p.key().equals(key)) {
        return p;
      }
    }
    return null;
  }

  synchronized void keep(Packed packed) {
    layouts.add(new WeakReference<>(packed));
  }
}
