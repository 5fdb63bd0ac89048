package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What TensorBoard finds in the folder of a training run. */
class EventFileTest {
  private static final Set<String> TAGS =
      Set.of(
          "loss/training",
          "loss/validation",
          "loss/validation_ema_0.5",
          "optimisation/learning_rate",
          "optimisation/grad_norm",
          "speed/images_per_second");

  @TempDir Path folder;

  private Path out() {
    return folder.resolve("run");
  }

  private Path events() {
    return out().resolve("tensorboard");
  }

  private void train(String... more) {
    List<String> args = new ArrayList<>(List.of("train", "--out=" + out()));
    args.addAll(List.of(more));
    Run run = Run.of(args.toArray(String[]::new));
    assertEquals(0, run.code(), run.err());
  }

  private void begin(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--data=digits",
                "--limit=50",
                "--model-channels=8",
                "--groups=4",
                "--heads=2",
                "--batch=4",
                "--diffusion-steps=10",
                "--anneal=constant",
                "--validation=10",
                "--ema=0.9,0.5",
                "--log-every=1",
                "--validate-every=2"));
    args.addAll(List.of(more));
    train(args.toArray(String[]::new));
  }

  /** A column of metrics.csv by step, without empty cells. */
  private Map<Long, Float> metrics(String column) throws IOException {
    List<String> lines = Files.readAllLines(out().resolve("metrics.csv"));
    int at = List.of(lines.getFirst().split(",", -1)).indexOf(column);
    Map<Long, Float> values = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      if (!cells[at].isEmpty()) {
        values.put(Long.parseLong(cells[0]), Float.parseFloat(cells[at]));
      }
    }
    return values;
  }

  private void assertSame(String column, String tag) throws IOException {
    Map<Long, Float> expected = metrics(column);
    Map<Long, Float> actual = EventReader.scalars(events(), tag);
    assertEquals(expected.keySet(), actual.keySet(), tag);
    // The table has six digits.
    expected.forEach(
        (step, value) -> assertEquals(value, actual.get(step), 1e-5 * value, tag + " at " + step));
  }

  @Test
  void theReadersChecksumIsTheRightOne() {
    assertEquals(0xe3069283, EventReader.crc("123456789".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void figuresAndDraftsAreThereByStep() throws IOException {
    double before = System.currentTimeMillis() / 1e3;
    begin("--steps=4", "--sample-every=2");
    List<EventReader.Event> events = EventReader.events(EventReader.files(events()).getFirst());
    assertEquals("brain.Event:2", events.getFirst().version());
    for (EventReader.Event event : events) {
      assertTrue(event.time() >= before && event.time() <= System.currentTimeMillis() / 1e3);
    }
    Set<String> tags =
        events.stream().flatMap(e -> e.scalars().keySet().stream()).collect(Collectors.toSet());
    tags.removeIf(tag -> tag.startsWith("loss_by_timestep/")); // a small batch has not all
    assertEquals(TAGS, tags);
    assertSame("loss", "loss/training");
    for (int q = 0; q < 4; q++) {
      assertSame("loss_q" + q, "loss_by_timestep/q" + q);
    }
    assertSame("learning_rate", "optimisation/learning_rate");
    assertSame("grad_norm", "optimisation/grad_norm");
    assertSame("validation_loss", "loss/validation");
    assertSame("validation_loss_ema_0.5", "loss/validation_ema_0.5");
    Map<Long, Float> speeds = EventReader.scalars(events(), "speed/images_per_second");
    assertEquals(Set.of(1L, 2L, 3L, 4L), speeds.keySet());
    speeds.values().forEach(v -> assertTrue(v > 0 && v < 1e6, "images/s: " + v));
    Map<Long, EventReader.Picture> drafts = new LinkedHashMap<>();
    for (EventReader.Event event : events) {
      event.pictures().forEach((tag, picture) -> drafts.put(event.step(), picture));
    }
    assertEquals(Set.of(2L, 4L), drafts.keySet());
    for (long step : drafts.keySet()) {
      Path file = out().resolve(String.format("samples/step-%09d.png", step));
      BufferedImage png = ImageIO.read(file.toFile());
      assertEquals(
          new EventReader.Picture(
              png.getHeight(), png.getWidth(), 1, ByteBuffer.wrap(Files.readAllBytes(file))),
          drafts.get(step));
    }
  }

  @Test
  void stepsThatAreDoneAgainAreThereOnce() throws IOException {
    begin("--steps=6", "--save-every=2");
    // As if the process had been killed before its last save.
    Files.delete(out().resolve("checkpoints/step-000000006.safetensors"));
    train("--resume", "--steps=8");
    List<Path> files = EventReader.files(events());
    assertEquals(2, files.size());
    List<EventReader.Event> second = EventReader.events(files.getLast());
    assertEquals("brain.Event:2", second.getFirst().version());
    assertTrue(second.get(1).starts());
    assertEquals(5, second.get(1).step());
    assertEquals(
        LongStream.rangeClosed(1, 8).boxed().collect(Collectors.toSet()),
        EventReader.scalars(events(), "loss/training").keySet());
    assertSame("loss", "loss/training");
  }

  @Test
  void colourLargeStepsAndNoNumbersAreWritten() throws IOException {
    Files.createDirectories(events());
    Path png = folder.resolve("colour.png");
    BufferedImage picture = new BufferedImage(300, 2, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(picture, "png", png.toFile());
    LinkedHashMap<String, Double> values = new LinkedHashMap<>();
    values.put("a", Double.NaN);
    values.put("b", Double.POSITIVE_INFINITY);
    try (EventFile file = EventFile.create(events(), 0)) {
      file.scalars(1L << 40, values);
      file.picture(3, "p", Files.readAllBytes(png));
    }
    List<EventReader.Event> events = EventReader.events(EventReader.files(events()).getFirst());
    assertEquals(Map.of("b", Float.POSITIVE_INFINITY), events.get(2).scalars());
    assertEquals(1L << 40, events.get(2).step());
    EventReader.Picture read = events.get(3).pictures().get("p");
    assertEquals(
        new EventReader.Picture(2, 300, 3, ByteBuffer.wrap(Files.readAllBytes(png))), read);
  }

  @Test
  void aFileIsNumberedBehindTheHighestThatIsThere() throws IOException {
    Files.createDirectories(events());
    for (int i = 0; i < 2; i++) {
      EventFile.create(events(), i).close();
    }
    Files.delete(EventReader.files(events()).getFirst());
    EventFile.create(events(), 2).close();
    assertEquals(
        List.of("events.out.tfevents.000001.ornstein", "events.out.tfevents.000002.ornstein"),
        EventReader.files(events()).stream().map(f -> f.getFileName().toString()).toList());
  }

  @Test
  void aRunGoesOnWithoutEvents() throws IOException {
    Files.createDirectories(out());
    Files.writeString(events(), "in the way");
    Run run =
        Run.of(
            "train",
            "--out=" + out(),
            "--data=digits",
            "--limit=20",
            "--model-channels=8",
            "--groups=4",
            "--heads=2",
            "--batch=4",
            "--diffusion-steps=10",
            "--log-every=1",
            "--steps=1");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("no events in tensorboard: "), run.err());
    assertTrue(Files.exists(out().resolve("model.safetensors")));
    assertEquals("in the way", Files.readString(events()));
  }
}
