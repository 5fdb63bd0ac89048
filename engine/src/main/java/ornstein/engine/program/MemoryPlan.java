package ornstein.engine.program;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import ornstein.engine.kernel.Buffer;

/**
 * Where the intermediates of a recorded computation lie. Two whose lives overlap do not; the
 * largest are placed first, each at the lowest place that is free while it lives (greedy by size:
 * Pisarchyk and Lee, 2020, §5).
 */
final class MemoryPlan {
  /** Elements of one arena; one array holds no more than 2³¹ − 1. */
  private static final long ARENA = (1L << 31) - 1024;

  private static final int LINE = 16;

  /**
   * The life of a buffer.
   *
   * @param symbol the buffer
   * @param first number of the call that first touches it
   * @param last number of the call that last touches it
   */
  private record Life(Symbol symbol, int first, int last) {
    boolean overlaps(Life other) {
      return first <= other.last && other.first <= last;
    }
  }

  private record Placed(Life life, long at) {
    long end() {
      return at + life.symbol().size();
    }
  }

  private final IdentityHashMap<Symbol, Long> places = new IdentityHashMap<>();
  private long size;

  /**
   * Plans.
   *
   * @param calls the calls in order
   * @param kept buffers that are read after the last call
   */
  MemoryPlan(List<Call> calls, Collection<? extends Buffer> kept) {
    List<Life> lives = new ArrayList<>(lives(calls, kept));
    lives.sort(
        Comparator.comparingInt((Life l) -> -l.symbol().size()).thenComparingInt(Life::first));
    List<Placed> placed = new ArrayList<>();
    for (Life life : lives) {
      long at = lowest(life, placed);
      int i = 0;
      while (i < placed.size() && placed.get(i).at() <= at) {
        i++;
      }
      placed.add(i, new Placed(life, at));
      places.put(life.symbol(), at);
      size = Math.max(size, at + life.symbol().size());
    }
  }

  private static Collection<Life> lives(List<Call> calls, Collection<? extends Buffer> kept) {
    IdentityHashMap<Symbol, Life> lives = new IdentityHashMap<>();
    List<Symbol> order = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      for (List<Buffer> buffers : List.of(call.reads(), call.writes(), call.updates())) {
        for (Buffer b : buffers) {
          extend(lives, order, b, i);
        }
      }
    }
    for (Buffer b : kept) {
      extend(lives, order, b, calls.size());
    }
    return order.stream().map(lives::get).toList();
  }

  private static void extend(
      IdentityHashMap<Symbol, Life> lives, List<Symbol> order, Buffer b, int call) {
    if (b instanceof Symbol s) {
      Symbol root = s.root();
      Life life = lives.get(root);
      if (life == null) {
        order.add(root);
      }
      lives.put(root, new Life(root, life == null ? call : life.first(), call));
    }
  }

  /** The lowest free place; {@code placed} is kept in the order of places. */
  private static long lowest(Life life, List<Placed> placed) {
    long at = 0;
    int n = life.symbol().size();
    for (Placed p : placed) {
      if (p.life().overlaps(life)) {
        if (fits(at, n) && at + n <= p.at()) {
          break;
        }
        at = Math.max(at, up(p.end()));
      }
    }
    return fits(at, n) ? at : up(at / ARENA * ARENA + ARENA);
  }

  private static boolean fits(long at, int n) {
    return at / ARENA == Math.max(at, at + n - 1) / ARENA;
  }

  private static long up(long at) {
    return (at + LINE - 1) / LINE * LINE;
  }

  /** Elements of an arena, 0 for one that is not needed. */
  int arena(int number) {
    return (int) Math.max(0, Math.min(ARENA, size - number * ARENA));
  }

  int arenas() {
    return (int) ((size + ARENA - 1) / ARENA);
  }

  /** Number of the arena that holds a buffer. */
  int arenaOf(Symbol symbol) {
    return (int) (place(symbol) / ARENA);
  }

  /** First element of a buffer in its arena. */
  int offset(Symbol symbol) {
    return (int) (place(symbol) % ARENA) + symbol.offset();
  }

  private long place(Symbol symbol) {
    Long at = places.get(symbol.root());
    if (at == null) {
      throw new IllegalStateException("a buffer that no recorded call touches");
    }
    return at;
  }

  /** Elements of all arenas. */
  long size() {
    return size;
  }
}
