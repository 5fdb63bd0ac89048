package ornstein.engine.internal;

import ornstein.engine.internal.parallel.WorkerTeam;

/**
 * Data kept in another layout, shared by all programs that use it, and how to make it anew when its
 * source has changed.
 */
final class Packed {
  /**
   * Which layout of which part of the source.
   *
   * @param offset first element of the source
   * @param layout the layout
   */
  record Key(int offset, Object layout) {}

  private final Key key;
  private final Storage source;
  private final HeapBuffer buffer;
  private final Launch[] launches;
  private int revision;

  Packed(Key key, Storage source, HeapBuffer buffer, Launch[] launches) {
    this.key = key;
    this.source = source;
    this.buffer = buffer;
    this.launches = launches;
    this.revision = source.revision() - 1;
  }

  Key key() {
    return key;
  }

  HeapBuffer buffer() {
    return buffer;
  }

  /** Makes it anew if the source has changed. */
  synchronized void refresh(WorkerTeam team) {
    if (revision != source.revision()) {
      for (Launch launch : launches) {
        launch.run(team);
      }
      revision = source.revision();
    }
  }
}
