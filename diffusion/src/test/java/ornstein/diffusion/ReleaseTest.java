package ornstein.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.guidance.GradientGuidance;
import ornstein.diffusion.process.Guidance;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.nn.unet.UNet;

/** What is left of a model after it was closed or dropped: nothing. */
class ReleaseTest {
  @TempDir Path folder;

  private final SampleRequest request = SampleRequest.of(64).seed(1).steps(2);

  private static Pipeline large() {
    return SmallModels.pipeline(16, 16, 1, 3);
  }

  private static List<String> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(n -> n.startsWith("ornstein"))
        .toList();
  }

  /** Threads are there while they are needed, also again after another model was closed. */
  @Test
  void closeLeavesNoThread() {
    boolean alone = KernelsProvider.current().name().endsWith("x1");
    try (Pipeline open = large()) {
      byte[] expected = open.sample(request).pixels();
      assertEquals(alone, workers().isEmpty(), "before");
      Pipeline other = large();
      other.sample(request);
      other.close();
      assertEquals(List.of(), workers());
      assertArrayEquals(expected, open.sample(request).pixels());
      assertEquals(alone, workers().isEmpty(), "again");
    }
    assertEquals(List.of(), workers());
  }

  @Test
  void guidedModelsAreClosedTogether() {
    Pipeline model = large();
    Pipeline guided =
        model.guidedBy(
            GradientGuidance.ofNoisy(
                (x, time, labels) -> x.square().sum(1, 2, 3).neg(), 0.1, Guidance.Form.SCORE));
    assertEquals(64, guided.sample(request).count());
    assertTrue(model.process().programs().size() > 0);
    model.close();
    assertEquals(0, model.process().programs().size());
    assertThrows(IllegalStateException.class, () -> guided.sample(request));
  }

  @Test
  void aClosedModelCanBeSaved() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Pipeline model = large();
    byte[] expected = model.sample(request).pixels();
    model.close();
    model.save(file);
    assertArrayEquals(expected, Pipeline.load(file).sample(request).pixels());
  }

  /** The file may be overwritten or removed as soon as it has been loaded. */
  @Test
  void loadedFilesAreLetGo() throws IOException {
    Path file = folder.resolve("model.safetensors");
    large().save(file);
    Pipeline loaded = Pipeline.load(file);
    byte[] expected = large().sample(request).pixels();
    Files.write(file, new byte[(int) Files.size(file)]);
    assertArrayEquals(expected, loaded.sample(request).pixels());
    Files.delete(file);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void loadedFilesAreNeitherOpenNorMapped() throws IOException {
    Path file = folder.resolve("model.safetensors");
    large().save(file);
    Pipeline loaded = Pipeline.load(file);
    String maps = Files.readString(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1);
    assertFalse(maps.contains("model.safetensors"), maps);
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      assertFalse(open.anyMatch(fd -> leadsTo(fd, file)), "open");
    }
    assertEquals(64, loaded.sample(request).count());
  }

  private static boolean leadsTo(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file.toRealPath());
    } catch (IOException e) {
      return false; // the descriptor of the list itself is gone
    }
  }

  @Test
  void droppedModelsAreCollected() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (boolean closed : new boolean[] {true, false}) {
        WeakReference<UNet> network =
            threads.submit(() -> new WeakReference<>(sampled(closed).model())).get();
        assertNull(collected(network), "closed: " + closed);
      }
    }
  }

  private Pipeline sampled(boolean close) {
    Pipeline model = large();
    model.sample(request);
    if (close) {
      model.close();
    }
    return model;
  }

  /** Null once the object has been collected. */
  private static <T> T collected(WeakReference<T> reference) throws InterruptedException {
    for (int i = 0; i < 50 && reference.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }
    return reference.get();
  }

  /** A web application's way: everything is loaded by a loader of its own, and dropped with it. */
  @Test
  void classesLoadedFromTheClassPathCanBeUnloaded() throws Exception {
    List<URL> urls = ProjectFiles.locations().stream().map(ReleaseTest::url).toList();
    // without a parent: those of the JDK know the project where tests run on the module path
    assertUnloaded(() -> new URLClassLoader(urls.toArray(URL[]::new), null));
  }

  @Test
  void modulesOfALayerCanBeUnloaded() throws Exception {
    Path[] paths = ProjectFiles.locations().toArray(Path[]::new);
    ModuleLayer boot = ModuleLayer.boot();
    assertUnloaded(
        () -> {
          Configuration modules =
              boot.configuration()
                  .resolve(ModuleFinder.of(paths), ModuleFinder.of(), Set.of("ornstein.diffusion"));
          return boot.defineModulesWithOneLoader(modules, ClassLoader.getPlatformClassLoader())
              .findLoader("ornstein.diffusion");
        });
  }

  private interface Loading {
    ClassLoader load() throws Exception;
  }

  private void assertUnloaded(Loading loading) throws Exception {
    Path file = folder.resolve("model.safetensors");
    large().save(file);
    byte[] expected = large().sample(request).pixels();
    // a thread that lives on, as those of a server do, and a caller's class loader
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      WeakReference<ClassLoader> loader =
          threads
              .submit(
                  () -> {
                    ClassLoader own = loading.load();
                    Thread.currentThread().setContextClassLoader(own);
                    assertArrayEquals(expected, sampledBy(own, file));
                    Thread.currentThread().setContextClassLoader(null);
                    return new WeakReference<>(own);
                  })
              .get();
      assertNull(collected(loader));
    }
  }

  /** Reads, loads, samples and closes with the classes of a loader. */
  private byte[] sampledBy(ClassLoader loader, Path file) throws ReflectiveOperationException {
    Class<?> json = loader.loadClass("ornstein.engine.io.JsonFile");
    Path settings = folder.resolve("settings.json");
    json.getMethod("write", Path.class, Map.class).invoke(null, settings, Map.of("a", 1));
    assertEquals(Map.of("a", 1), json.getMethod("read", Path.class).invoke(null, settings));
    Class<?> pipeline = loader.loadClass("ornstein.diffusion.Pipeline");
    assertFalse(pipeline == Pipeline.class);
    Class<?> requests = loader.loadClass("ornstein.diffusion.SampleRequest");
    Object own = requests.getMethod("of", int.class).invoke(null, request.count());
    own = requests.getMethod("seed", long.class).invoke(own, request.seed());
    own = requests.getMethod("steps", int.class).invoke(own, 2);
    Object model = pipeline.getMethod("load", Path.class).invoke(null, file);
    Object images = pipeline.getMethod("sample", requests).invoke(model, own);
    pipeline.getMethod("close").invoke(model);
    return (byte[]) images.getClass().getMethod("pixels").invoke(images);
  }

  private static URL url(Path path) {
    try {
      URI uri = path.toUri();
      return uri.toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }
}
