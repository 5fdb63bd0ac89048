package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.PipelineListener;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.SamplingStep;
import picocli.CommandLine;

/**
 * A sampling run as a command performs it: shows its progress, writes files, can be interrupted.
 */
final class SamplingRun {
  private final CommandLine command;
  private final Pipeline model;
  private final SampleRequest request;
  private final NoiseSource noise;
  private final SampleFiles files;

  /**
   * Prepares a run.
   *
   * @param command the command at work
   * @param model what to sample from
   * @param request what to sample
   * @param files where the samples go
   */
  SamplingRun(CommandLine command, Pipeline model, SampleRequest request, SampleFiles files) {
    this(command, model, request, NoiseSource.of(request.seed()), files);
  }

  /**
   * Prepares a run from other noise than that of the request's seed.
   *
   * @param noise where noise comes from
   */
  SamplingRun(
      CommandLine command,
      Pipeline model,
      SampleRequest request,
      NoiseSource noise,
      SampleFiles files) {
    this.noise = noise;
    this.command = command;
    this.model = model;
    this.request = request;
    this.files = files;
  }

  /**
   * Samples and writes.
   *
   * @return whether it was done; false if Ctrl-C ended it before anything was written
   * @throws IOException if a file cannot be written
   */
  boolean run() throws IOException {
    files.createFolder();
    try (Interruption interruption = Interruption.guard(command, "interrupted", () -> {})) {
      return run(interruption);
    } finally {
      command.getOut().flush();
    }
  }

  private boolean run(Interruption interruption) throws IOException {
    PrintWriter out = command.getOut();
    out.printf(Locale.ROOT, "sampling %,d images, %,d at once%n", request.count(), request.batch());
    out.flush();
    long start = System.nanoTime();
    Images images;
    try {
      images = sample(interruption, start);
    } catch (CancellationException e) {
      out.println("no samples written");
      return false;
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    List<String> written = files.write(images);
    out.printf(
        Locale.ROOT,
        "sampled %,d images of %dx%d in %.1f s, %.1f images/s%n",
        images.count(),
        images.height(),
        images.width(),
        seconds,
        images.count() / seconds);
    out.println("wrote " + String.join(", ", written));
    return true;
  }

  private Images sample(Interruption interruption, long start) {
    PipelineListener follower = files.follower();
    try (ProgressDisplay display = ProgressDisplay.open(command, "sampling")) {
      return model.sample(
          request,
          noise,
          (first, step) -> {
            show(display, request, first, step, System.nanoTime() - start);
            return follower.onStep(first, step) && !interruption.requested();
          });
    }
  }

  /** A step counts once for each batch. */
  static void show(
      ProgressDisplay display, SampleRequest request, int first, SamplingStep step, long nanos) {
    long batches = Math.ceilDiv(request.count(), request.batch());
    long done = (long) (first / request.batch()) * step.total() + step.done();
    int n = step.shape().dim(0);
    double images = first + n * (double) step.done() / step.total();
    display.update(
        done,
        batches * step.total(),
        String.format(Locale.ROOT, "%,.1f images/s", images * 1e9 / nanos));
  }
}
