package ornstein.engine.internal;

import ornstein.engine.internal.parallel.Range;
import ornstein.engine.internal.parallel.WorkerTeam;

/** Runs what it is given at once. Scratch and packed data are made for the call and left behind. */
final class EagerLauncher implements Launcher {
  private final WorkerTeam team;

  EagerLauncher(WorkerTeam team) {
    this.team = team;
  }

  @Override
  public int slots() {
    return team.threads();
  }

  @Override
  public void run(int tasks, int grain, Range body) {
    team.run(tasks, grain, body);
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
