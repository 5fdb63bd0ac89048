package ornstein.diffusion.pretrained;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.SequencedSet;
import ornstein.engine.Shape;
import ornstein.nn.Weights;

/** What attention's layers were called in diffusers before its version 0.15. */
final class LegacyAttention {
  private static final Map<String, String> NAMES =
      Map.of("query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0");

  private LegacyAttention() {}

  /** The same weights under today's names. */
  static Weights renamed(Weights all) {
    SequencedMap<String, String> old = new LinkedHashMap<>();
    for (String name : all.names()) {
      String before = old.put(today(name), name);
      if (before != null) {
        throw new IllegalArgumentException(
            "the tensors " + before + " and " + name + " are one, under an old name and a new");
      }
    }
    return new Weights() {
      @Override
      public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(old.sequencedKeySet());
      }

      @Override
      public Shape shape(String name) {
        return all.shape(before(name));
      }

      @Override
      public float[] values(String name) {
        return all.values(before(name));
      }

      private String before(String name) {
        String found = old.get(name);
        if (found == null) {
          throw new NoSuchElementException("no tensor '" + name + "'");
        }
        return found;
      }
    };
  }

  private static String today(String name) {
    if (!name.contains(".attentions.")) {
      return name;
    }
    String[] parts = name.split("\\.", -1);
    int layer = parts.length - 2;
    if (layer > 0) {
      parts[layer] = NAMES.getOrDefault(parts[layer], parts[layer]);
    }
    return String.join(".", parts);
  }
}
