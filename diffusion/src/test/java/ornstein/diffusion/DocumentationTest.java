package ornstein.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation shows works, and what it names exists. */
class DocumentationTest {
  private static final Pattern CLASS_NAME = Pattern.compile("public class (\\w+)");
  private static final Pattern REFERENCE = Pattern.compile("`([A-Z]\\w+)#(\\w+)`");
  private static final Pattern TYPE = Pattern.compile("`([A-Z]\\w+)`");

  /** A link to a file; pictures are for people to check. */
  private static final Pattern LINK =
      Pattern.compile("(?<!!)\\[[^\\]]*\\]\\(([^):#]+)(?:#[^)]*)?\\)");

  private final Path root = ProjectFiles.root();

  /** Runs the example as the README says, from its source, on the class path. */
  @Test
  void theExampleOfTheReadmeRuns(@TempDir Path folder) throws Exception {
    String source = example();
    Matcher name = CLASS_NAME.matcher(source);
    assertTrue(name.find(), source);
    Path file = Files.writeString(folder.resolve(name.group(1) + ".java"), source);
    Files.createDirectory(folder.resolve("demo"));
    SmallModels.pipeline(8, 8, 1, 10).save(folder.resolve("demo/model.safetensors"));

    Path log = folder.resolve("log");
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-Djava.awt.headless=true",
                "-cp",
                ProjectFiles.classPath(),
                file.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertTrue(java.waitFor(2, TimeUnit.MINUTES), "the example does not end");
    } finally {
      java.destroyForcibly();
    }
    assertEquals(0, java.exitValue(), () -> text(log));
    BufferedImage picture = ImageIO.read(folder.resolve("digits.png").toFile());
    // twenty images of 8×8 pixels, six times as large, in rows of ten with lines between them
    assertEquals(10 * (8 * 6 + 1) + 1, picture.getWidth());
    assertEquals(2 * (8 * 6 + 1) + 1, picture.getHeight());
  }

  @Test
  void theExampleIsShort() {
    assertTrue(example().lines().count() <= 15, example());
  }

  /** Every {@code Type#member} and, in the table of theory, every type. */
  @Test
  void whatTheDocumentationNamesExists() throws IOException {
    Map<String, String> sources = sources();
    List<String> unknown = new ArrayList<>();
    for (Path page : pages()) {
      Matcher m = REFERENCE.matcher(text(page));
      while (m.find()) {
        String source = sources.getOrDefault(m.group(1), "");
        if (!Pattern.compile("\\b" + m.group(2) + "\\(").matcher(source).find()) {
          unknown.add(root.relativize(page) + ": " + m.group());
        }
      }
    }
    Matcher m = TYPE.matcher(text(root.resolve("docs/theory.md")));
    while (m.find()) {
      if (!sources.containsKey(m.group(1))) {
        unknown.add("docs/theory.md: " + m.group());
      }
    }
    assertEquals(List.of(), unknown);
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      Matcher m = LINK.matcher(text(page));
      while (m.find()) {
        if (!Files.exists(page.resolveSibling(m.group(1)))) {
          broken.add(root.relativize(page) + ": " + m.group(1));
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  /** The README's Java source. */
  private String example() {
    String readme = text(root.resolve("README.md"));
    String fence = "```java\n";
    int from = readme.indexOf(fence) + fence.length();
    assertFalse(from < fence.length(), "the README has no Java example");
    return readme.substring(from, readme.indexOf("```", from));
  }

  private List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md")));
    pages.add(root.resolve("CONTRIBUTING.md"));
    try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
      docs.filter(p -> p.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  /** All sources of the project by the name of their type. */
  private Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String module : List.of("engine", "nn", "diffusion", "cli", "bench")) {
      try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src"))) {
        files
            .filter(p -> p.toString().endsWith(".java"))
            .forEach(p -> sources.put(p.getFileName().toString().replace(".java", ""), text(p)));
      }
    }
    return sources;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
