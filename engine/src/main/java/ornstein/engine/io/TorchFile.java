package ornstein.engine.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that {@code torch.save} wrote, mapped into memory: the zip format of PyTorch 1.6 and
 * later ({@code torch/serialization.py}, {@code _save}) or the legacy format before it ({@code
 * _legacy_save}). Both hold a pickle, which in Python is a program. Here none of it is run: the
 * reader knows the names that tensors, dicts, lists and numbers need and refuses every other, so a
 * checkpoint must hold state dicts, not whole modules. Everything but the tensors' elements is read
 * and checked when the file is opened. Any number of threads may read at once. The file must not be
 * changed while it is open.
 */
public final class TorchFile implements AutoCloseable {
  /** On top of twice the file's size. */
  private static final long FREE_BYTES = 60L << 20;

  private static final String REMEDY =
      "pass a larger bound to TorchFile.open(file, maxBytes) or save it again with torch.save";

  private final String source;
  private final TorchValue root;
  private final long namesBytes;
  private final @Nullable Arena arena;

  private TorchFile(String source, MemorySegment content, long maxBytes, @Nullable Arena arena)
      throws FormatException {
    this.source = source;
    MemoryBudget budget = new MemoryBudget(maxBytes, REMEDY);
    this.root = read(source, content, budget);
    this.namesBytes = budget.left();
    this.arena = arena;
  }

  /**
   * Opens and checks a file, as long as that takes no more memory than twice the file's size plus
   * 60 MiB; elements of tensors do not count, unless they are packed. This refuses bombs.
   *
   * @param file a regular file
   * @return its values; close it to unmap the file
   * @throws FormatException if it is no checkpoint, is damaged, holds anything but data, or takes
   *     too much memory
   * @throws IOException if the file is missing or cannot be read
   */
  public static TorchFile open(Path file) throws IOException {
    return open(file, bound(InputFile.size(file)));
  }

  /**
   * Opens and checks a file within a bound on memory.
   *
   * @param file a regular file
   * @param maxBytes the most that reading may allocate, elements of tensors not counted unless they
   *     are packed
   * @return its values; close it to unmap the file
   * @throws FormatException if it is no checkpoint, is damaged, holds anything but data, or takes
   *     too much memory
   * @throws IOException if the file is missing or cannot be read
   */
  @SuppressWarnings("MustBeClosedChecker") // the result owns the arena
  public static TorchFile open(Path file, long maxBytes) throws IOException {
    long size = InputFile.size(file);
    Arena arena = Arena.ofShared();
    boolean done = false;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment content = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      TorchFile opened = new TorchFile(file.toString(), content, maxBytes, arena);
      done = true;
      return opened;
    } catch (InternalError fault) {
      // So the JVM reports pages that vanished under a mapping.
      FormatException e =
          new FormatException(
              file.toString(), null, -1, "cannot be read: the file was changed meanwhile");
      e.initCause(fault);
      throw e;
    } finally {
      if (!done) {
        arena.close();
      }
    }
  }

  /**
   * Checks a file's content that is in memory already, such as a resource of a jar.
   *
   * @param content the bytes of the whole file; not copied, so leave them unchanged
   * @param source a name for the content, used in error messages
   * @return its values
   * @throws FormatException as {@link #open(Path)} does
   */
  public static TorchFile parse(byte[] content, String source) throws FormatException {
    MemorySegment segment = MemorySegment.ofArray(content).asReadOnly();
    return new TorchFile(source, segment, bound(content.length), null);
  }

  private static long bound(long size) {
    return 2 * size + FREE_BYTES;
  }

  private static TorchValue read(String source, MemorySegment content, MemoryBudget budget)
      throws FormatException {
    if (ZipDirectory.begins(content)) {
      return TorchZip.read(source, content, budget);
    }
    if (TorchLegacy.begins(content)) {
      return TorchLegacy.read(source, content, budget);
    }
    throw new FormatException(
        source,
        null,
        0,
        "is no PyTorch checkpoint: it begins neither as a zip archive nor with the legacy format's"
            + " magic number; tar files of PyTorch's first versions must be saved again by a later one");
  }

  /**
   * What was saved: mostly a {@link TorchDict}.
   *
   * @return the value, with all that it holds
   */
  public TorchValue root() {
    return root;
  }

  /**
   * All tensors under their paths: the keys of dicts and the numbers of list and tuple items from
   * 0, joined by dots. A state dict gives its own names, such as {@code 0.conv.weight}; in a list
   * whose first item is a state dict they begin with {@code 0.}. A tensor that was saved alone has
   * the empty name.
   *
   * @return an unmodifiable map in the file's order
   * @throws FormatException if two tensors get the same name, as the keys {@code a.b} and {@code b}
   *     of {@code a} would give, or the names take more memory than opening the file left over
   */
  public SequencedMap<String, TorchTensor> tensors() throws FormatException {
    return tensors(root);
  }

  /**
   * The tensors in one of the file's values, such as the state dict among others.
   *
   * @param of a value of this file
   * @return an unmodifiable map in the file's order; names begin at the given value
   * @throws FormatException as {@link #tensors()} does
   */
  public SequencedMap<String, TorchTensor> tensors(TorchValue of) throws FormatException {
    return new TorchNames(source, new MemoryBudget(namesBytes, REMEDY)).of(of);
  }

  /** Unmaps the file; its tensors cannot be read any more. A second call does nothing. */
  @Override
  public void close() {
    if (arena != null && arena.scope().isAlive()) {
      arena.close();
    }
  }
}
