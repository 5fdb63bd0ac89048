package ornstein.engine.internal;

import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Prepared;

/** Launches in order, with what they keep. */
final class PreparedLaunches implements Prepared {
  private final WorkerTeam team;
  private final Launch[] launches;
  private final Packed[] constants;
  private final Storage[] written;
  private final HeapBuffer scratch;

  PreparedLaunches(
      WorkerTeam team,
      Launch[] launches,
      Packed[] constants,
      Storage[] written,
      HeapBuffer scratch) {
    this.team = team;
    this.launches = launches;
    this.constants = constants;
    this.written = written;
    this.scratch = scratch;
  }

  @Override
  public void run() {
    for (Packed p : constants) {
      p.refresh(team);
    }
    for (Storage s : written) {
      s.touch();
    }
    for (Launch l : launches) {
      l.run(team);
    }
  }

  @Override
  public long bytes() {
    long elements = scratch.size();
    for (Packed p : constants) {
      elements += p.buffer().size();
    }
    return 4 * elements;
  }
}
