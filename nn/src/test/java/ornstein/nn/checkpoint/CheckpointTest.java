package ornstein.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.io.DType;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensorsWriter;
import ornstein.nn.Parameter;
import ornstein.nn.StateDict;
import ornstein.nn.unet.EncoderUNet;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

class CheckpointTest {
  private static final UNetConfig CONFIG =
      UNetConfig.builder()
          .channels(1)
          .modelChannels(8)
          .numResBlocks(1)
          .channelMult(1, 2)
          .numHeads(2)
          .groups(4)
          .numClasses(3)
          .build();

  @TempDir Path folder;

  private final UNet model = new UNet(CONFIG, Rng.of(7));

  private Path file() {
    return folder.resolve("model.safetensors");
  }

  private String error() {
    FormatException e =
        assertThrows(FormatException.class, () -> Checkpoint.load(NetworkKind.UNET, file()));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith(file() + ": "), message);
    return message.substring(file().toString().length() + 2);
  }

  /** A file with the given configuration and weights, whether they fit or not. */
  private void write(Map<String, String> metadata, StateDict weights) throws IOException {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    metadata.forEach(writer::metadata);
    weights.write(writer);
    writer.write(file());
  }

  private static SequencedMap<String, String> metadata(UNetConfig config) {
    SequencedMap<String, String> m = new LinkedHashMap<>();
    m.put("ornstein.checkpoint", "1");
    m.putAll(config.toMetadata());
    return m;
  }

  @Test
  void bringsNetworkAndTextsBack() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("diffusion.schedule", "cosine");
    texts.put("diffusion.steps", "1000");
    new Checkpoint<>(NetworkKind.UNET, model, texts).save(file());
    Checkpoint<UNet> read = Checkpoint.load(NetworkKind.UNET, file());
    assertEquals(CONFIG, read.model().config());
    assertEquals(texts, read.metadata());
    assertEquals(List.copyOf(texts.keySet()), List.copyOf(read.metadata().keySet()));
    StateDict before = StateDict.of(model);
    StateDict after = StateDict.of(read.model());
    assertEquals(List.copyOf(before.names()), List.copyOf(after.names()));
    for (String name : before.names()) {
      assertArrayEquals(before.values(name), after.values(name));
    }
    Tensor x = Rng.of(1).normal(Shape.of(1, 4, 4, 1));
    Tensor label = Tensor.zeros(1);
    assertArrayEquals(
        model.forward(x, label, label).toArray(), read.model().forward(x, label, label).toArray());
  }

  @Test
  void equalNetworksGiveEqualBytes() throws IOException {
    new Checkpoint<>(NetworkKind.UNET, model, Map.of()).save(file());
    byte[] first = Files.readAllBytes(file());
    Checkpoint.load(NetworkKind.UNET, file()).save(file());
    assertArrayEquals(first, Files.readAllBytes(file()));
  }

  @Test
  void sixteenBitsHalveTheFileAndRound() throws IOException {
    Checkpoint<UNet> checkpoint = new Checkpoint<>(NetworkKind.UNET, model, Map.of());
    checkpoint.save(file());
    long whole = Files.size(file());
    checkpoint.save(file(), DType.F16);
    assertTrue(Files.size(file()) < 0.6 * whole, Files.size(file()) + " of " + whole);
    StateDict before = StateDict.of(model);
    StateDict after = StateDict.of(Checkpoint.load(NetworkKind.UNET, file()).model());
    for (String name : before.names()) {
      float[] exact = before.values(name);
      float[] rounded = after.values(name);
      for (int i = 0; i < exact.length; i++) {
        assertEquals(Float.float16ToFloat(Float.floatToFloat16(exact[i])), rounded[i], name);
      }
    }
  }

  @Test
  void weightsBeyondSixteenBitsAreRefusedAndTheOldFileStays() throws IOException {
    Checkpoint<UNet> checkpoint = new Checkpoint<>(NetworkKind.UNET, model, Map.of());
    checkpoint.save(file());
    byte[] old = Files.readAllBytes(file());
    Parameter bias = model.namedParameters().get("out.2.bias");
    bias.set(new float[] {70_000});
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> checkpoint.save(file(), DType.F16));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("'out.2.bias' holds 70000.0"), e::getMessage);
    assertThrows(IllegalArgumentException.class, () -> checkpoint.save(file(), DType.I64));
    assertArrayEquals(old, Files.readAllBytes(file()));
    checkpoint.save(file(), DType.BF16);
    assertEquals(70_144, biasOf(Checkpoint.load(NetworkKind.UNET, file()).model()));
  }

  private static float biasOf(UNet network) {
    return StateDict.of(network).values("out.2.bias")[0];
  }

  @Test
  void readsFromBytesAsFromAFile() throws IOException {
    new Checkpoint<>(NetworkKind.UNET, model, Map.of("a", "b")).save(file());
    byte[] content = Files.readAllBytes(file());
    Checkpoint<UNet> read = Checkpoint.load(NetworkKind.UNET, content, "a jar");
    assertEquals(Map.of("a", "b"), read.metadata());
    assertArrayEquals(
        StateDict.of(model).values("out.2.weight"),
        StateDict.of(read.model()).values("out.2.weight"));
    byte[] half = Arrays.copyOf(content, content.length / 2);
    FormatException e =
        assertThrows(FormatException.class, () -> Checkpoint.load(NetworkKind.UNET, half, "a jar"));
    assertTrue(String.valueOf(e.getMessage()).startsWith("a jar: "), e::getMessage);
  }

  @Test
  void aBitThatTurnsAnywhereInTheWeightsIsFound() throws IOException {
    new Checkpoint<>(NetworkKind.UNET, model, Map.of()).save(file());
    byte[] content = Files.readAllBytes(file());
    int weights = Math.toIntExact(4 * model.parameterCount());
    for (int i = 0; i < 100; i++) {
      int place = content.length - 1 - i * (weights / 100);
      content[place] ^= 1;
      FormatException e =
          assertThrows(
              FormatException.class, () -> Checkpoint.load(NetworkKind.UNET, content, "a jar"));
      assertEquals(
          "a jar: is damaged, or another program changed it: its checksum is another; use an"
              + " older copy",
          e.getMessage());
      content[place] ^= 1;
    }
    int key = new String(content, StandardCharsets.ISO_8859_1).indexOf("sha256");
    content[key + 5] ^= 1;
    FormatException e =
        assertThrows(
            FormatException.class, () -> Checkpoint.load(NetworkKind.UNET, content, "a jar"));
    assertEquals("a jar: has no checksum; use a file that has one", e.getMessage());
    content[key + 5] ^= 1;
    Checkpoint.load(NetworkKind.UNET, content, "a jar");
  }

  @Test
  void filesOfBeforeThereWereChecksumsAreRead() throws IOException {
    write(metadata(CONFIG), StateDict.of(model));
    assertEquals(CONFIG, Checkpoint.load(NetworkKind.UNET, file()).model().config());
  }

  @Test
  void bareWeightsAreNotACheckpoint() throws IOException {
    write(Map.of(), StateDict.of(model));
    assertEquals(
        "has no 'ornstein.checkpoint' in its metadata, so the network's configuration is unknown:"
            + " it holds bare weights or comes from another program",
        error());
  }

  @Test
  void laterVersionsAreRefused() throws IOException {
    SequencedMap<String, String> m = metadata(CONFIG);
    m.put("ornstein.checkpoint", "3");
    write(m, StateDict.of(model));
    assertEquals(
        "is a checkpoint of version '3', but only versions up to 2 are known here: use the release"
            + " that wrote it or a later one",
        error());
  }

  @Test
  void incompleteConfigurationsAreRefused() throws IOException {
    SequencedMap<String, String> m = metadata(CONFIG);
    m.remove("unet.num_heads");
    write(m, StateDict.of(model));
    assertEquals("the metadata has no 'unet.num_heads'", error());
  }

  @Test
  void contradictionsAreRefusedBeforeAnythingIsBuilt() throws IOException {
    UNetConfig huge = CONFIG.toBuilder().modelChannels(32_768).groups(32).build();
    write(metadata(huge), StateDict.of(model));
    assertEquals(
        "its tensors contradict its metadata: they have "
            + model.parameterCount()
            + " values, the network configured there "
            + huge.parameterCount(),
        error());
  }

  @Test
  void contradictingNamesAndShapesAreListed() throws IOException {
    StateDict weights = new StateDict();
    StateDict real = StateDict.of(model);
    for (String name : real.names()) {
      Shape shape = name.equals("label_emb.weight") ? Shape.of(96) : real.shape(name);
      weights.put(name.replace("out.2.bias", "out.3.bias"), shape, real.values(name));
    }
    write(metadata(CONFIG), weights);
    assertEquals(
        "its tensors contradict its metadata: the weights do not fit the network; 1 missing:"
            + " out.2.bias; 1 unexpected: out.3.bias; 1 misshapen: label_emb.weight [96] instead of"
            + " [3, 32]",
        error());
  }

  @Test
  void ownKeysAreReserved() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Checkpoint<>(NetworkKind.UNET, model, Map.of("unet.groups", "1")));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Checkpoint<>(NetworkKind.UNET, model, Map.of("ornstein.x", "1")));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Checkpoint<>(NetworkKind.UNET, model, Map.of("sha256", "1")));
  }

  @Test
  void missingFilesAreNamed() {
    assertThrows(NoSuchFileException.class, () -> Checkpoint.load(NetworkKind.UNET, file()));
  }

  @Test
  void aClassifierIsAnotherKind() throws IOException {
    UNetConfig config = CONFIG.toBuilder().numClasses(0).channels(1, 3).build();
    EncoderUNet classifier = new EncoderUNet(config, 4, 6, Rng.of(3));
    new Checkpoint<>(NetworkKind.CLASSIFIER, classifier, Map.of("a", "b")).save(file());
    Checkpoint<EncoderUNet> read = Checkpoint.load(NetworkKind.CLASSIFIER, file());
    assertEquals(Map.of("a", "b"), read.metadata());
    assertEquals(config, read.model().config());
    Tensor x = Rng.of(1).normal(Shape.of(2, 4, 6, 1));
    Tensor t = Tensor.zeros(2);
    assertArrayEquals(classifier.forward(x, t).toArray(), read.model().forward(x, t).toArray());
    assertEquals("holds a classifier where a unet is needed", error());
  }
}
