package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ornstein.diffusion.Pipeline;
import ornstein.engine.io.DType;
import ornstein.engine.io.SafeTensors;

class BuiltInModelTest {
  /** What all may weigh together. */
  private static final long MOST_BYTES = 12_000_000;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void hasWeightsOf16BitsTenNamedClassesAndACard(BuiltInModel model) throws IOException {
    try (Pipeline pipeline = model.open()) {
      assertEquals(10, pipeline.config().classNames().size());
      assertEquals(
          11,
          pipeline.model().config().numClasses(),
          "one label for none, so that it can be guided");
    }
    SafeTensors tensors = SafeTensors.parse(model.content(), model.modelName());
    for (String name : tensors.names()) {
      assertEquals(DType.F16, tensors.dtype(name), name);
    }
    String card = model.card();
    for (String part : new String[] {"Data", "Licence", "Command", "Seed", "Time", "Measures"}) {
      assertTrue(card.contains("| " + part + " |"), part + " is not in the card:\n" + card);
    }
  }

  @Test
  void allTogetherAreSmall() {
    long bytes = 0;
    for (BuiltInModel model : BuiltInModel.values()) {
      bytes += model.content().length;
    }
    assertTrue(bytes <= MOST_BYTES, bytes + " bytes");
  }

  @Test
  void aFileOfThatNameGoesFirst() throws IOException {
    assertEquals(Optional.of(BuiltInModel.FASHION), BuiltInModel.of(Path.of("fashion")));
    assertEquals(Optional.empty(), BuiltInModel.of(folder.resolve("fashion")));
    assertEquals(Optional.empty(), BuiltInModel.of(Path.of("fashions")));
    assertEquals(Optional.empty(), BuiltInModel.of(Files.createFile(folder.resolve("digits"))));
  }

  /** A folder of images may have the model's name. */
  @Test
  void onlyModelsHideBuiltInOnes() throws IOException {
    Path name = Path.of("fashion");
    Files.createDirectory(folder.resolve(name));
    assertEquals(name, BuiltInModel.resolve(folder, name));
    Path config = folder.resolve(name).resolve("unet/config.json");
    Files.createDirectory(config.getParent());
    Files.writeString(config, "{}");
    assertEquals(folder.resolve(name), BuiltInModel.resolve(folder, name));
    assertEquals(name, BuiltInModel.resolve(folder.resolve("elsewhere"), name));
  }

  @Test
  void samplesWithoutAModelGiven() throws IOException {
    Path out = folder.resolve("a.npz");
    Run run = Run.of("sample", "-n=2", "--steps=2", "--label=Ankle boot", "--out=" + out);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("sampled 2 images of 28x28"), run.out());
    Path same = folder.resolve("b.npz");
    assertEquals(
        0,
        Run.of("sample", "--model=fashion", "-n=2", "--steps=2", "--label=9", "--out=" + same)
            .code());
    assertArrayEquals(Files.readAllBytes(out), Files.readAllBytes(same));
  }

  @Test
  void modelsListsShowsAndExports() throws IOException {
    Run list = Run.of("models");
    assertEquals(0, list.code(), list.err());
    assertTrue(list.out().lines().anyMatch(l -> l.startsWith("fashion  28x28")), list.out());
    assertTrue(list.out().lines().anyMatch(l -> l.startsWith("digits   8x8")), list.out());
    assertEquals(BuiltInModel.DIGITS.card(), Run.of("models", "digits").out());
    Path file = folder.resolve("digits.safetensors");
    assertEquals(0, Run.of("models", "digits", "--export=" + file).code());
    assertArrayEquals(BuiltInModel.DIGITS.content(), Files.readAllBytes(file));
    Run wrong = Run.of("models", "cats");
    assertEquals(2, wrong.code());
    assertTrue(wrong.err().contains("no built-in model is called 'cats'"), wrong.err());
  }

  @Test
  void aMissingFileNamesTheBuiltInModels() {
    Run run = Run.of("sample", "--model=" + folder.resolve("none"));
    assertEquals(1, run.code());
    assertTrue(run.err().contains("no such file or folder"), run.err());
    assertTrue(run.err().contains("fashion or digits"), run.err());
  }

  @Test
  void aBuiltInNameIsNoPathUnlessThereIsSuchAFile() throws IOException {
    Path name = Path.of("digits");
    assertEquals(name, BuiltInModel.resolve(folder, name));
    Files.writeString(folder.resolve("digits"), "");
    assertEquals(folder.resolve("digits"), BuiltInModel.resolve(folder, name));
  }

  @Test
  void everythingElseStartsFromTheFolder() {
    Path relative = Path.of("run/model.safetensors");
    assertEquals(folder.resolve(relative), BuiltInModel.resolve(folder, relative));
    assertEquals(folder.resolve("digits/x"), BuiltInModel.resolve(folder, Path.of("digits/x")));
    Path absolute = folder.resolve("elsewhere/digits");
    assertEquals(absolute, BuiltInModel.resolve(Path.of("/where"), absolute));
  }
}
