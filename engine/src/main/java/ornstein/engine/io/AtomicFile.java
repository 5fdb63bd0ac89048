package ornstein.engine.io;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a whole file or nothing. The content goes to a temporary file in the same folder, is
 * synced to the disk and then renamed over the final name, so that a reader, a crash or a full disk
 * never meets a half-written file: under the final name is either the old content or the new.
 */
public final class AtomicFile {
  private static final int BUFFER_BYTES = 1 << 16;

  private AtomicFile() {}

  /** What the file will hold. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the content once, from first byte to last.
     *
     * @param out a buffered stream; closing it does no harm
     * @throws IOException if the content cannot be written; the final name then stays as it was
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Creates or replaces a file. If anything fails, exceptions of {@code content} included, the old
   * file is untouched and the temporary file removed. A symbolic link is followed. An interrupt of
   * the thread does not stop the writing, so that a cancelled computation can still save.
   *
   * @param file the file to create or replace; its folder must exist
   * @param content what to write
   * @throws IOException if the folder is missing or not writable, the disk is full, {@code file} is
   *     a folder, or {@code content} throws it
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw new FileSystemException(
          file.toString(), null, "is a folder; give the name of a file to write");
    }
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(
          file.toString(), null, "folder " + folder + " does not exist; create it first");
    }
    Path temporary = createTemporary(file, folder);
    boolean done = false;
    try {
      writeSynced(file, temporary, content);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      done = true;
    } finally {
      if (!done) {
        Files.deleteIfExists(temporary);
      }
    }
    syncFolder(folder);
  }

  /** Not Files.createTempFile: that makes files which only their owner may read. */
  private static Path createTemporary(Path file, Path folder) throws IOException {
    Path temporary;
    do {
      String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
      temporary = folder.resolve(".ornstein-" + random + ".tmp");
    } while (Files.exists(temporary));
    try {
      return Files.createFile(temporary);
    } catch (AccessDeniedException e) {
      throw new AccessDeniedException(
          file.toString(), null, "its folder is not writable; check the permissions");
    } catch (IOException e) {
      throw new FileSystemException(
          file.toString(), null, "cannot be created in its folder; choose another place");
    }
  }

  /** Through a FileOutputStream, for an interrupt would close a FileChannel in mid-write. */
  private static void writeSynced(Path file, Path temporary, Content content) throws IOException {
    try (FileOutputStream disk = new FileOutputStream(temporary.toFile())) {
      OutputStream out = new FlushOnClose(new NamedStream(disk, file));
      content.writeTo(out);
      out.flush();
      disk.getFD().sync();
    }
  }

  /** Says which file could not be written; the system's own message names none. */
  private static final class NamedStream extends FilterOutputStream {
    private final Path file;

    NamedStream(OutputStream out, Path file) {
      super(out);
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw new FileSystemException(
            file.toString(), null, e.getMessage() + "; make room or choose another place");
      }
    }
  }

  /** Makes the rename itself durable. Windows and some network file systems cannot: no error. */
  private static void syncFolder(Path folder) {
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException unsupported) {
      // The file is complete under its name; only a power cut right now could undo the rename.
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Survives a content that closes its stream, as zip writers do, before the sync. */
  private static final class FlushOnClose extends BufferedOutputStream {
    FlushOnClose(OutputStream out) {
      super(out, BUFFER_BYTES);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
