package ornstein.diffusion.pretrained;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.scheduler.Scheduler;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.JsonFile;
import ornstein.engine.io.SafeTensorsWriter;
import ornstein.nn.family.DiffusersConfig;
import ornstein.nn.family.Family;

/**
 * A model as diffusers keeps it: a folder with {@code model_index.json}, {@code unet} and {@code
 * scheduler}.
 *
 * @param path the folder
 */
public record DiffusersFolder(Path path) {
  private static final String CONFIG = "config.json";
  private static final String SCHEDULER = "scheduler_config.json";
  private static final List<String> WEIGHTS =
      List.of("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin");

  /**
   * Opens the model; parts may lie in the folder itself too, as in the first such models.
   *
   * @return the model
   * @throws FormatException if a part is missing, damaged or of a kind that is not known; the
   *     message names the file or the member
   * @throws IOException if a file cannot be read
   */
  public Pipeline open() throws IOException {
    Path unet = part("unet", CONFIG);
    Path scheduler = part("scheduler", SCHEDULER);
    Map<String, Object> network = JsonFile.read(unet);
    try {
      return Pretrained.diffusers(network, JsonFile.read(scheduler), weights(unet));
    } catch (IllegalArgumentException e) {
      throw new FormatException(path.toString(), null, -1, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The scheduler that the folder describes.
   *
   * @return the scheduler
   * @throws FormatException if its file is missing, damaged or of a kind that is not known
   * @throws IOException if it cannot be read
   */
  public Scheduler scheduler() throws IOException {
    try {
      return Scheduler.of(JsonFile.read(part("scheduler", SCHEDULER)));
    } catch (IllegalArgumentException e) {
      throw new FormatException(path.toString(), null, -1, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Whether there is such a folder.
   *
   * @return true if it has the configuration of a network; the rest is for {@link #open} to judge
   */
  public boolean exists() {
    return find("unet", CONFIG).isPresent();
  }

  private Optional<Path> find(String folder, String name) {
    return Stream.of(path.resolve(folder).resolve(name), path.resolve(name))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private Path part(String folder, String name) throws FormatException {
    Optional<Path> found = find(folder, name);
    if (found.isPresent()) {
      return found.get();
    }
    throw new FormatException(
        path.toString(),
        null,
        -1,
        "is no model of diffusers: it has no "
            + folder
            + "/"
            + name
            + "; give a model's file or such a folder");
  }

  private Path weights(Path config) throws FormatException {
    for (String name : WEIGHTS) {
      Path candidate = config.resolveSibling(name);
      if (Files.isRegularFile(candidate)) {
        return candidate;
      }
    }
    throw new FormatException(
        path.toString(),
        null,
        -1,
        "has no weights beside " + config + ": " + String.join(" or ", WEIGHTS));
  }

  /**
   * Writes a model, each file whole or not at all.
   *
   * @param model the model
   * @throws IllegalArgumentException if diffusers has no such networks or processes; nothing is
   *     written then
   * @throws IOException if a folder or file cannot be written
   */
  public void write(Pipeline model) throws IOException {
    Family.Exported exported = Family.DIFFUSERS.export(model.model());
    Map<String, Object> unet =
        DiffusersConfig.write(exported.config(), model.config().height(), model.config().width());
    Map<String, Object> scheduler = DiffusersScheduler.write(model.config());
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "DDPMPipeline");
    index.put("unet", List.of("diffusers", "UNet2DModel"));
    index.put("scheduler", List.of("diffusers", "DDPMScheduler"));
    Files.createDirectories(path.resolve("unet"));
    Files.createDirectories(path.resolve("scheduler"));
    SafeTensorsWriter writer = new SafeTensorsWriter().metadata("format", "pt");
    exported.weights().write(writer);
    writer.write(path.resolve("unet").resolve(WEIGHTS.get(0)));
    JsonFile.write(path.resolve("unet").resolve(CONFIG), unet);
    JsonFile.write(path.resolve("scheduler").resolve(SCHEDULER), scheduler);
    JsonFile.write(path.resolve("model_index.json"), index);
  }
}
