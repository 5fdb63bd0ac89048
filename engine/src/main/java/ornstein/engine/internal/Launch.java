package ornstein.engine.internal;

import ornstein.engine.internal.parallel.Range;
import ornstein.engine.internal.parallel.WorkerTeam;

/**
 * One shared loop that is ready to run again and again.
 *
 * @param tasks number of tasks
 * @param grain tasks below which sharing does not pay
 * @param body the loop
 */
record Launch(int tasks, int grain, Range body) {
  void run(WorkerTeam team) {
    team.run(tasks, grain, body);
  }
}
