package ornstein.engine.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import ornstein.engine.internal.parallel.Range;
import ornstein.engine.internal.parallel.WorkerTeam;

/**
 * Collects launches instead of running them. Verbs are issued three times: to see which storage
 * they write, then how much scratch they need, then for good. Scratch is one region that all verbs
 * use in turn, since they run one after the other.
 */
final class ProgramLauncher implements Launcher {
  private final WorkerTeam team;
  private final List<Launch> launches = new ArrayList<>();
  private final List<Integer> ends = new ArrayList<>();
  private final List<Packed> constants = new ArrayList<>();
  private final Set<Storage> written = Collections.newSetFromMap(new IdentityHashMap<>());
  private HeapBuffer scratch = HeapBuffer.allocate(0);
  private Pass pass = Pass.WRITES;
  private long used;
  private long most;

  /** What a turn of issuing the verbs is for. */
  private enum Pass {
    WRITES,
    SCRATCH,
    LAUNCHES
  }

  private ProgramLauncher(WorkerTeam team) {
    this.team = team;
  }

  /** Issues verbs to kernels that launch here, and makes what they launch ready to run. */
  static PreparedLaunches prepare(WorkerTeam team, Consumer<ProgramLauncher> verbs) {
    ProgramLauncher launcher = new ProgramLauncher(team);
    verbs.accept(launcher);
    launcher.pass = Pass.SCRATCH;
    launcher.most = 0;
    verbs.accept(launcher);
    launcher.pass = Pass.LAUNCHES;
    launcher.scratch = HeapBuffer.allocate(Math.toIntExact(launcher.most));
    verbs.accept(launcher);
    return new PreparedLaunches(
        team,
        launcher.launches.toArray(Launch[]::new),
        launcher.ends.stream().mapToInt(Integer::intValue).toArray(),
        launcher.constants.toArray(Packed[]::new),
        launcher.written.toArray(Storage[]::new),
        launcher.scratch);
  }

  /** A verb ends: its scratch is free. */
  void endVerb() {
    used = 0;
    if (pass == Pass.LAUNCHES) {
      ends.add(launches.size());
    }
  }

  @Override
  public int slots() {
    return team.threads();
  }

  @Override
  public void run(int tasks, int grain, Range body) {
    if (pass == Pass.LAUNCHES && tasks > 0) {
      launches.add(new Launch(tasks, grain, body));
    }
  }

  @Override
  public HeapBuffer scratch(int size) {
    long at = used;
    used += (size + 15L) / 16 * 16; // each at a cache line of its own
    most = Math.max(most, used);
    return pass == Pass.LAUNCHES ? scratch.view(Math.toIntExact(at), size) : scratch.view(0, 0);
  }

  @Override
  public HeapBuffer packed(HeapBuffer source, Object layout, int size, Packing packing) {
    if (written.contains(source.storage())) {
      HeapBuffer packed = scratch(size);
      packing.launch(this, packed);
      return packed;
    }
    if (pass != Pass.LAUNCHES) {
      return scratch.view(0, 0); // made once, in a buffer of its own
    }
    Packed.Key key = new Packed.Key(source.offset(), layout);
    Packed packed = source.storage().find(key);
    if (packed == null) {
      HeapBuffer buffer = HeapBuffer.allocate(size);
      Collector collector = new Collector(team);
      packing.launch(collector, buffer);
      packed = new Packed(key, source.storage(), buffer, collector.launches.toArray(Launch[]::new));
      source.storage().keep(packed);
    }
    constants.add(packed);
    return packed.buffer();
  }

  @Override
  public void writes(HeapBuffer y) {
    written.add(y.storage());
  }

  /** Collects the launches of a packing, with scratch of its own: programs share what is packed. */
  private static final class Collector implements Launcher {
    private final WorkerTeam team;
    final List<Launch> launches = new ArrayList<>();

    Collector(WorkerTeam team) {
      this.team = team;
    }

    @Override
    public int slots() {
      return team.threads();
    }

    @Override
    public void run(int tasks, int grain, Range body) {
      launches.add(new Launch(tasks, grain, body));
    }

    @Override
    public HeapBuffer scratch(int size) {
      return HeapBuffer.allocate(size);
    }

    @Override
    public HeapBuffer packed(HeapBuffer source, Object layout, int size, Packing packing) {
      HeapBuffer packed = scratch(size);
      packing.launch(this, packed);
      return packed;
    }

    @Override
    public void writes(HeapBuffer y) {
      y.storage().touch();
    }
  }
}
