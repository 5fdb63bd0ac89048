package ornstein.diffusion.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import ornstein.diffusion.data.ImageDataset;
import ornstein.nn.optim.Ema;

/**
 * A model in training.
 *
 * @param <M> what is trained
 */
public interface Training<M> {

  /**
   * What trains it.
   *
   * @return the loop, always the same
   */
  TrainingLoop loop();

  /**
   * What makes the model another one: the configurations of network and diffusion.
   *
   * @return texts for a checkpoint, under keys of their own
   */
  SequencedMap<String, String> configuration();

  /**
   * The model with averaged weights as they are now; later steps do not change it.
   *
   * @param average one of {@link #averages}
   * @return a model of its own copy of the weights
   */
  M model(Ema average);

  /**
   * Writes such a model.
   *
   * @param model the model
   * @param file the file to create or replace; on failure an old one stays as it was
   * @throws IOException if it cannot be written
   */
  void save(M model, Path file) throws IOException;

  /**
   * The loss on images that are not trained on.
   *
   * @param held the images
   * @return what measures it
   * @throws IllegalArgumentException if the images do not fit the network
   */
  Validation validation(ImageDataset held);

  /**
   * The model with the average that the configuration names first.
   *
   * @return a model of its own copy of the weights
   */
  default M model() {
    return model(loop().ema());
  }

  /**
   * The averaged weights.
   *
   * @return one for each decay of the configuration
   */
  default List<Ema> averages() {
    return loop().averages();
  }

  /**
   * Trains until a limit is reached or {@link #stop} is called; see {@link TrainingLoop#run}.
   *
   * @param listener follows the run
   * @throws TrainingException if the loss or a gradient is no longer finite and the run is not to
   *     go on
   */
  default void run(TrainingListener listener) {
    loop().run(listener);
  }

  /**
   * Asks a run to end after the step at work, or the next one before its first step if none is at
   * work; may be called from any thread.
   */
  default void stop() {
    loop().stop();
  }

  /**
   * Steps done so far.
   *
   * @return the count
   */
  default long steps() {
    return loop().steps();
  }

  /**
   * Writes everything that the run needs to go on as if it had not ended.
   *
   * @param file the file to create or replace; on failure an old one stays as it was
   * @param notes further texts
   * @throws IOException if it cannot be written
   */
  default void checkpoint(Path file, Map<String, String> notes) throws IOException {
    SequencedMap<String, String> all = new LinkedHashMap<>(configuration());
    all.putAll(notes);
    loop().save(file, all);
  }

  /**
   * Goes on from a checkpoint: the steps to come have the bits that they would have had in the run
   * that wrote it.
   *
   * @param saved an open checkpoint
   * @throws IllegalArgumentException if it is that of another network, configuration or data; the
   *     message names what differs
   * @throws IOException if it cannot be read
   */
  default void restore(TrainingCheckpoint saved) throws IOException {
    saved.requireSame(configuration());
    loop().restore(saved);
  }
}
