package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import ornstein.diffusion.train.TrainingException;
import ornstein.engine.io.FormatException;

class OneLineErrorsTest {
  @Test
  void messagesForPeopleAreShownAsTheyAre() {
    assertDescribed("a; b", new CliException("a", "b"));
    assertDescribed("axis 3 does not exist", new IllegalArgumentException("axis 3 does not exist"));
    assertDescribed(
        "a.npz: 'x' at byte 3: too short", new FormatException("a.npz", "x", 3, "too short"));
    assertDescribed("lower the rate", new TrainingException("lower the rate"));
    assertDescribed("cancelled", new CancellationException("by the listener"));
    assertDescribed("two lines", new IllegalArgumentException("two\n  lines"));
  }

  @Test
  void fileSystemErrorsSayMoreThanThePath() {
    assertDescribed(
        "a.npz: no such file or folder; check the path", new NoSuchFileException("a.npz"));
    assertDescribed(
        "a.npz: no such file or folder; check the path",
        new UncheckedIOException(new NoSuchFileException("a.npz")));
    assertDescribed(
        "a.npz: access denied; check its permissions", new AccessDeniedException("a.npz"));
    assertDescribed("a.npz: not a folder; give a folder", new NotDirectoryException("a.npz"));
    assertDescribed(
        "a.npz: is in the way; move it or choose another path",
        new FileAlreadyExistsException("a.npz"));
    assertDescribed(
        "a.npz: No space left on device; check the path and the disk",
        new FileSystemException("a.npz", null, "No space left on device"));
    assertDescribed(
        "a/b.npz: folder a does not exist; create it first",
        new NoSuchFileException("a/b.npz", null, "folder a does not exist; create it first"));
    assertDescribed(
        "a.npz (Is a directory); check the path",
        new FileNotFoundException("a.npz (Is a directory)"));
  }

  @Test
  void unforeseenFailuresNameTheirType() {
    String more = "; --verbose shows where it happened";
    assertDescribed("IOException: broken" + more, new IOException("broken"));
    assertDescribed("IllegalStateException: no message" + more, new IllegalStateException());
  }

  private static void assertDescribed(String line, Exception e) {
    assertEquals(line, OneLineErrors.describe(e));
  }
}
