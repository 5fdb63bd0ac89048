package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.engine.Shape;

class AtomicFileTest {
  @TempDir Path folder;

  private List<String> listing() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void createsAndReplaces() throws IOException {
    Path file = folder.resolve("x");
    AtomicFile.write(file, out -> out.write(new byte[] {1, 2, 3}));
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(file));
    AtomicFile.write(
        file,
        out -> {
          out.write(4);
          out.close();
        });
    assertArrayEquals(new byte[] {4}, Files.readAllBytes(file));
    assertEquals(List.of("x"), listing());
  }

  @Test
  void aFailureLeavesTheOldFileAndNoOther() throws IOException {
    Path file = folder.resolve("x");
    Files.write(file, new byte[] {1});
    IOException full =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[1 << 20]);
                      assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
                      throw new IOException("disk full");
                    }));
    assertEquals("disk full", full.getMessage());
    assertThrows(
        IllegalStateException.class,
        () ->
            AtomicFile.write(
                file,
                out -> {
                  throw new IllegalStateException();
                }));
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
    assertEquals(List.of("x"), listing());
  }

  @Test
  void failedWritersLeaveNothing() throws IOException {
    Path file = folder.resolve("missing/x.safetensors");
    SafeTensorsWriter writer = new SafeTensorsWriter().f32("x", Shape.of(1), new float[1]);
    NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> writer.write(file));
    assertTrue(String.valueOf(e.getMessage()).contains("does not exist; create it first"));
    assertThrows(FileSystemException.class, () -> writer.write(folder));
    NpyArray array = NpyArray.u8(Shape.of(1), new byte[1]);
    assertThrows(FileSystemException.class, () -> Npy.write(folder, array));
    assertEquals(List.of(), listing());
  }

  @Test
  void anInterruptedThreadStillSaves() throws IOException {
    Path file = folder.resolve("x");
    Thread.currentThread().interrupt();
    AtomicFile.write(file, out -> out.write(new byte[100_000]));
    assertTrue(Thread.interrupted(), "the interrupt is still pending");
    assertEquals(100_000, Files.size(file));
  }

  @Test
  void aSymbolicLinkIsFollowed() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real")).resolve("x");
    Files.write(real, new byte[] {1});
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    AtomicFile.write(link, out -> out.write(2));
    assertTrue(Files.isSymbolicLink(link));
    assertArrayEquals(new byte[] {2}, Files.readAllBytes(real));
  }

  @Test
  void relativePathsWithoutFolderWork() throws IOException {
    Path file = Path.of("atomic-file-test.bin");
    try {
      AtomicFile.write(file, out -> out.write(7));
      assertArrayEquals(new byte[] {7}, Files.readAllBytes(file));
    } finally {
      Files.delete(file);
    }
    assertFalse(Files.exists(file));
  }
}
