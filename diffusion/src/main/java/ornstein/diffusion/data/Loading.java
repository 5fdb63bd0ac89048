package ornstein.diffusion.data;

/** Where the pictures of a folder are while they are used. */
public enum Loading {
  /** In memory if they take no more than the options allow, otherwise streamed. */
  AUTO,
  /** All in memory; refused if the heap is too small. */
  MEMORY,
  /**
   * In their files, decoded shortly before they are needed: a bounded number is in memory, however
   * many there are. The values are the same. Other formats than folders of pictures cannot be
   * streamed.
   */
  STREAM
}
