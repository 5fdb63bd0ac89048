package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import picocli.CommandLine;

/** The page about a training run. */
class RunReportTest {
  private static final String EMBEDDED = "data:image/png;base64,";

  @TempDir Path folder;

  private Path out() {
    return folder.resolve("run & <more>");
  }

  private Path page() {
    return out().resolve("report.html");
  }

  private Path data() throws IOException {
    Path data = folder.resolve("it's <data&\".csv");
    Files.writeString(data, "0,1,2,3,1\n4,5,6,7,0\n8,9,10,16,1\n3,4,5,6,0\n");
    return data;
  }

  private Run train(String... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "train",
                "--data=" + data(),
                "--out=" + out(),
                "--model-channels=8",
                "--batch=4",
                "--diffusion-steps=10",
                "--anneal=constant",
                "--validation=1",
                "--validate-every=1",
                "--log-every=1",
                "--sample-every=2"));
    args.addAll(List.of(more));
    return Run.of(args.toArray(String[]::new));
  }

  /** Fails unless the page is well-formed XML that asks for nothing. */
  private Document parsed() throws Exception {
    DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    builder.setEntityResolver(
        (name, address) -> {
          throw new AssertionError("the page asks for " + address);
        });
    builder.setErrorHandler(
        new ErrorHandler() {
          @Override
          public void warning(SAXParseException e) throws SAXException {
            throw e;
          }

          @Override
          public void error(SAXParseException e) throws SAXException {
            throw e;
          }

          @Override
          public void fatalError(SAXParseException e) throws SAXException {
            throw e;
          }
        });
    return builder.parse(page().toFile());
  }

  private static List<Element> elements(Document page, String name) {
    NodeList nodes = page.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  /** What a table says beside a word. */
  private static String cell(Document page, String head) {
    return elements(page, "th").stream()
        .filter(th -> th.getTextContent().equals(head))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line '" + head + "'"))
        .getNextSibling()
        .getTextContent();
  }

  private static void assertPictures(Document page, List<Path> files) throws IOException {
    List<Element> pictures = elements(page, "img");
    assertEquals(files.size(), pictures.size());
    for (int i = 0; i < files.size(); i++) {
      String source = pictures.get(i).getAttribute("src");
      assertTrue(source.startsWith(EMBEDDED));
      assertArrayEquals(
          Files.readAllBytes(files.get(i)),
          Base64.getDecoder().decode(source.substring(EMBEDDED.length())));
    }
  }

  private List<Path> pictures(int... steps) {
    List<Path> files = new ArrayList<>(List.of(out().resolve("samples.png")));
    for (int step : steps) {
      files.add(out().resolve(String.format("samples/step-%09d.png", step)));
    }
    return files;
  }

  @Test
  void aTrainingEndsWithAPageThatHoldsEverything() throws Exception {
    Run run = train("--steps=4");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("wrote " + page()), run.out());
    Document page = parsed();
    assertEquals("run & <more>", elements(page, "h1").getFirst().getTextContent());
    assertPictures(page, pictures(2, 4));
    assertEquals("3 images of 2x2, 1 channel, 2 classes; 1 to measure with", cell(page, "data"));
    assertEquals("4", cell(page, "steps"));
    assertTrue(cell(page, "throughput").endsWith(" images/s"), cell(page, "throughput"));
    assertTrue(cell(page, "validation loss").contains(" at step 4; least: "));
    assertEquals("8", cell(page, "unet.model_channels"));
    assertEquals("4", cell(page, "training.batch_size"));
    // Each step's, four quarters, smoothed and validation, then their legend.
    assertEquals(2 * 7, elements(page, "polyline").size());
    String commands = elements(page, "pre").getFirst().getTextContent();
    String quoted = "'" + folder.toAbsolutePath() + "/run & <more>";
    assertTrue(commands.contains("sample --model " + quoted + "/model.safetensors' -n 64"));
    assertTrue(commands.contains("train --resume --out " + quoted + "'\n"), commands);
    assertTrue(commands.contains("'--data=" + folder + "/it'\\''s <data&\".csv'"), commands);
    String text = Files.readString(page());
    assertFalse(text.contains("<data&"), "not escaped");
    assertFalse(text.contains("<script") || text.contains("src=\"http"), "not self-contained");
    assertTrue(
        elements(page, "p").stream().noneMatch(p -> p.getTextContent().contains("Not there")));
  }

  @Test
  void aResumedRunWritesItAnew() throws Exception {
    train("--steps=2");
    assertPictures(parsed(), pictures(2));
    Run run = Run.of("train", "--resume", "--steps=4", "--out=" + out());
    assertEquals(0, run.code(), run.err());
    Document page = parsed();
    assertPictures(page, pictures(2, 4));
    assertEquals("4", cell(page, "steps"));
  }

  @Test
  void whatIsMissingIsLeftOutWithAWord() throws Exception {
    train("--steps=2");
    Files.delete(page());
    for (String name : List.of("run.json", "samples.png", "model.safetensors", "log.txt")) {
      Files.delete(out().resolve(name));
    }
    Files.delete(out().resolve("samples/step-000000002.png"));
    Files.delete(out().resolve("samples"));
    Files.delete(out().resolve("checkpoints/step-000000002.safetensors"));
    Run run = Run.of("report", out().toString());
    assertEquals(0, run.code(), run.err());
    Document page = parsed();
    assertPictures(page, List.of());
    assertTrue(
        elements(page, "p").stream()
            .anyMatch(
                p ->
                    p.getTextContent()
                        .equals(
                            "Not there, or not yet: run.json, checkpoints, log.txt, samples.png,"
                                + " samples, model.safetensors.")));
    Files.delete(out().resolve("metrics.csv"));
    Run none = Run.of("report", out().toString());
    assertEquals(2, none.code());
    assertTrue(none.err().contains("holds no training run"), none.err());
  }

  @Test
  void aClassifiersPageSaysHowItGuides() throws Exception {
    train("--steps=2");
    Files.writeString(
        out().resolve("run.json"),
        "{\"arguments\": [\"train-classifier\", \"--model\", \"m.safetensors\"],"
            + " \"directory\": \"/where\"}");
    assertEquals(0, Run.of("report", out().toString()).code());
    String commands = elements(parsed(), "pre").getFirst().getTextContent();
    String here = out().toAbsolutePath().toString();
    assertTrue(
        commands.contains(
            "sample --model /where/m.safetensors --classifier '"
                + here
                + "/model.safetensors' --label 0\n"),
        commands);
    assertTrue(commands.contains("train-classifier --resume --out '" + here + "'\n"), commands);
    Files.writeString(
        out().resolve("run.json"),
        "{\"arguments\": [\"train-classifier\"], \"directory\": \"/where\"}");
    assertEquals(0, Run.of("report", out().toString()).code());
    String clean = elements(parsed(), "pre").getFirst().getTextContent();
    assertTrue(
        clean.contains(
            "eval --model MODEL --data DATA --extractor '" + here + "/model.safetensors'\n"),
        clean);
  }

  @Test
  void optionsOfTheProgramMayPrecedeTheCommand() throws Exception {
    Run begun =
        Run.of(
            "--verbose",
            "train",
            "--data=" + data(),
            "--out=" + out(),
            "--model-channels=8",
            "--batch=4",
            "--diffusion-steps=10",
            "--steps=1");
    assertEquals(0, begun.code(), begun.err());
    String commands = elements(parsed(), "pre").getFirst().getTextContent();
    assertTrue(commands.contains("./ornstein train --resume --out '"), commands);
    assertTrue(commands.contains("./ornstein sample --model '"), commands);
    assertTrue(commands.contains("./ornstein --verbose train '--data="), commands);
    for (String none : List.of("[]", "[\"--verbose\"]")) {
      Files.writeString(
          out().resolve("run.json"), "{\"arguments\": " + none + ", \"directory\": \"/where\"}");
      Run refused = Run.of("report", out().toString());
      assertEquals(1, refused.code(), refused.out());
      assertTrue(refused.err().contains("run.json"), refused.err());
      assertTrue(refused.err().contains("'arguments' name no command"), refused.err());
      Run resumed = Run.of("train", "--resume", "--out=" + out());
      assertTrue(resumed.err().contains("'arguments' name no command"), resumed.err());
    }
  }

  /** A page may be asked for while the run writes and prunes. */
  @Test
  void whatARunningRunRenamesOrPrunesIsPassedOver() throws Exception {
    train("--steps=2");
    Files.writeString(out().resolve(".ornstein-7.tmp"), "half");
    Files.createSymbolicLink(
        out().resolve("checkpoints/step-000000009.safetensors"), out().resolve("pruned"));
    Run run = Run.of("report", out().toString());
    assertEquals(0, run.code(), run.err());
    Document page = parsed();
    assertEquals("8", cell(page, "unet.model_channels"));
    assertTrue(cell(page, "model.safetensors").endsWith(" bytes"));
    assertTrue(cell(page, "checkpoints/step-000000002.safetensors").endsWith(" bytes"));
    assertFalse(Files.readString(page()).contains(".tmp"));
  }

  @Test
  void aPageThatCannotBeMadeIsAComplaintOfTheTraining() throws Exception {
    train("--steps=1");
    Files.writeString(
        out().resolve("run.json"),
        "{\"arguments\": [\"train-classifier\", \"--model\", \"m\"],"
            + " \"directory\": \"\\u0000\"}");
    StringWriter err = new StringWriter();
    CommandLine command = Main.commandLine().setErr(new PrintWriter(err));
    TrainingRun.report(command, out());
    assertTrue(err.toString().startsWith("no report.html: "), err.toString());
  }

  @Test
  void figuresThatAreNoNumbersAreNotDrawn() throws Exception {
    train("--steps=2");
    Path metrics = out().resolve("metrics.csv");
    List<String> lines = new ArrayList<>(Files.readAllLines(metrics));
    lines.set(1, lines.get(1).replaceFirst(",[^,]*", ","));
    Files.write(metrics, lines);
    assertEquals(0, Run.of("report", out().toString()).code());
    assertFalse(elements(parsed(), "polyline").isEmpty());
    lines.set(2, lines.get(2).replaceFirst(",[^,]*", ",Infinity"));
    Files.write(metrics, lines);
    assertEquals(0, Run.of("report", out().toString()).code());
    assertTrue(Files.readString(page()).contains("has a loss that is a number"));
    assertTrue(elements(parsed(), "polyline").isEmpty());
  }

  @Test
  void manyDraftsAreThinnedOutFromFirstToLast() throws Exception {
    train("--steps=2");
    byte[] draft = Files.readAllBytes(out().resolve("samples/step-000000002.png"));
    for (int step = 3; step <= 100; step++) {
      Files.write(out().resolve(String.format("samples/step-%09d.png", step)), draft);
    }
    assertEquals(0, Run.of("report", out().toString()).code());
    List<Element> captions = elements(parsed(), "figcaption");
    assertEquals(1 + 24, captions.size());
    assertEquals("step 2", captions.get(1).getTextContent());
    assertEquals("step 100", captions.getLast().getTextContent());
    assertTrue(Files.readString(page()).contains("24 of 99 are shown."));
  }

  @Test
  void whatXmlHasNoPlaceForIsReplaced() {
    assertEquals("a&lt;&gt;&amp;&quot;&#39;\t\n", HtmlPage.escaped("a<>&\"'\t\n"));
    assertEquals("\ufffd\ufffd\ufffd\ufffd", HtmlPage.escaped("\u0000\u001b\ufffe\ud800"));
    assertEquals("\u00e9\ud83d\ude00", HtmlPage.escaped("\u00e9\ud83d\ude00"));
  }
}
