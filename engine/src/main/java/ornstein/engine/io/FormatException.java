package ornstein.engine.io;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A file is not what its format demands, or holds what this reader does not take. The message names
 * the file, the tensor or entry, the byte offset, what is wrong and, where there is one, the
 * remedy.
 */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST_QUOTE = 120;

  /** The file's path or the content's name. */
  private final String file;

  /** The tensor, array or metadata key, or null. */
  private final @Nullable String entry;

  /** The byte offset, or a negative number. */
  private final long offset;

  /**
   * Creates the exception; its message is {@code file: 'entry' at byte offset: problem}.
   *
   * @param file the file's path, or a name for content that came from elsewhere
   * @param entry the tensor, array or metadata key concerned; null if it is the file as a whole
   * @param offset byte offset of the fault from the start of the file (of the entry, inside an
   *     archive); negative if there is no such place
   * @param problem what is wrong, and what to do about it
   */
  public FormatException(String file, @Nullable String entry, long offset, String problem) {
    super(describe(file, entry, offset, problem));
    this.file = file;
    this.entry = entry;
    this.offset = offset;
  }

  private static String describe(String file, @Nullable String entry, long offset, String problem) {
    StringBuilder text = new StringBuilder(file).append(": ");
    if (entry != null) {
      text.append('\'').append(quote(entry)).append('\'');
    }
    if (offset >= 0) {
      text.append(entry == null ? "" : " ").append("at byte ").append(offset);
    }
    if (entry != null || offset >= 0) {
      text.append(": ");
    }
    return text.append(problem).toString();
  }

  /**
   * Text of a hostile file made fit for one line of a terminal: shortened, no control characters.
   */
  static String quote(String text) {
    String head = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
    StringBuilder clean = new StringBuilder(head.length());
    head.codePoints().forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return clean.toString();
  }

  /**
   * The file concerned.
   *
   * @return its path, or the name that the reader was given for the content
   */
  public String file() {
    return file;
  }

  /**
   * The part of the file concerned.
   *
   * @return the tensor, array or metadata key, in full; null if it is the file as a whole
   */
  public @Nullable String entry() {
    return entry;
  }

  /**
   * Where the fault lies.
   *
   * @return byte offset from the start of the file (of the entry, inside an archive); negative if
   *     there is no such place
   */
  public long offset() {
    return offset;
  }
}
