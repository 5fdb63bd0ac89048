package ornstein.engine.internal;

import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Prepared;

/** Launches in order, where those of each verb end, and what they keep. */
final class PreparedLaunches implements Prepared {
  private final WorkerTeam team;
  private final Launch[] launches;
  private final int[] ends;
  private final Packed[] constants;
  private final Storage[] written;
  private final HeapBuffer scratch;

  PreparedLaunches(
      WorkerTeam team,
      Launch[] launches,
      int[] ends,
      Packed[] constants,
      Storage[] written,
      HeapBuffer scratch) {
    this.team = team;
    this.launches = launches;
    this.ends = ends;
    this.constants = constants;
    this.written = written;
    this.scratch = scratch;
  }

  @Override
  public void run() {
    team.enter();
    try {
      begin();
      for (Launch l : launches) {
        l.run(team);
      }
    } finally {
      team.leave();
    }
  }

  private void begin() {
    for (Packed p : constants) {
      p.refresh(team);
    }
    for (Storage s : written) {
      s.touch();
    }
  }

  @Override
  public void run(long[] nanos) {
    begin();
    int next = 0;
    for (int verb = 0; verb < ends.length; verb++) {
      long start = System.nanoTime();
      for (; next < ends[verb]; next++) {
        launches[next].run(team);
      }
      nanos[verb] += System.nanoTime() - start;
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

  @Override
  public long scratchBytes() {
    return 4L * scratch.size();
  }
}
