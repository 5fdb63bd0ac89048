package ornstein.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import ornstein.diffusion.PipelineListener;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.sampler.SamplingStep;
import ornstein.engine.Shape;

/** Gathers the first images of a sampling run after some of its steps, for an animation. */
final class DenoisingFrames implements PipelineListener {
  private static final int MOST_FRAMES = 32;
  private static final int DELAY_MILLIS = 100;

  /** Repeats of the last frame: two seconds to look at the result. */
  private static final int HELD_FRAMES = 20;

  private final int count;
  private final List<byte[]> frames = new ArrayList<>();
  private Shape one = Shape.of(1, 1, 1, 1);

  /**
   * Prepares for a run.
   *
   * @param count how many images to show, at most as many as are sampled
   */
  DenoisingFrames(int count) {
    this.count = count;
  }

  @Override
  public boolean onStep(int first, SamplingStep step) {
    int frames = Math.min(step.total(), MOST_FRAMES);
    int frame = (int) ((long) step.done() * frames / step.total()) - 1;
    boolean shown = (long) (step.done() - 1) * frames / step.total() <= frame;
    if (first < count && shown) {
      keep(frame, first, step);
    }
    return true;
  }

  private void keep(int frame, int first, SamplingStep step) {
    one = step.shape().with(0, 1);
    if (frame == frames.size()) {
      frames.add(new byte[count * one.size()]);
    }
    byte[] pixels = Images.fromUnit(step.shape(), step.x().toArray()).pixels();
    int from = first * one.size();
    byte[] target = frames.get(frame);
    System.arraycopy(pixels, 0, target, from, Math.min(pixels.length, target.length - from));
  }

  /**
   * Writes the animation as a GIF that repeats.
   *
   * @param drawing how the images of a frame are laid out
   */
  void save(Path file, Function<Images, BufferedImage> drawing) throws IOException {
    List<BufferedImage> pictures = new ArrayList<>();
    for (byte[] frame : frames) {
      pictures.add(drawing.apply(Images.of(one.with(0, count), frame)));
    }
    BufferedImage last = pictures.get(pictures.size() - 1);
    for (int i = 0; i < HELD_FRAMES; i++) {
      pictures.add(last);
    }
    Images.saveGif(file, pictures, DELAY_MILLIS, true);
  }
}
