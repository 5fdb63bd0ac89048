package ornstein.diffusion.data;

/** Where a data set's class labels come from. */
public enum LabelChoice {
  /**
   * Whatever the format offers: the labels file beside an IDX file, CIFAR-10's label bytes,
   * sub-folders, the npz label array, a csv file's label column (the last one, unless its header
   * names the first; refused if it would make more classes than images).
   */
  AUTO,
  /** As {@link #AUTO}, but a csv file's label is its first column. */
  FIRST_COLUMN,
  /** As {@link #AUTO}, but a csv file's label is its last column, whatever it holds. */
  LAST_COLUMN,
  /**
   * As {@link #AUTO}, but of a folder of pictures the part of a file's name before its first
   * underscore: {@code cat_001.png} is a {@code cat}; files in sub-folders belong to the same
   * classes. Classes are numbered in the order of their names.
   */
  PREFIX,
  /** No labels, even if there are any. */
  NONE
}
