/** Schedules, processes, samplers, training and image data of diffusion models. */
module ornstein.diffusion {
  requires com.fasterxml.jackson.core;
  requires static transitive org.jspecify;
  requires transitive java.desktop; // images are BufferedImages
  requires transitive ornstein.nn;

  exports ornstein.diffusion;
  exports ornstein.diffusion.data;
  exports ornstein.diffusion.eval;
  exports ornstein.diffusion.guidance;
  exports ornstein.diffusion.likelihood;
  exports ornstein.diffusion.loss;
  exports ornstein.diffusion.pretrained;
  exports ornstein.diffusion.process;
  exports ornstein.diffusion.sampler;
  exports ornstein.diffusion.schedule;
  exports ornstein.diffusion.scheduler;
  exports ornstein.diffusion.solver;
  exports ornstein.diffusion.toy;
  exports ornstein.diffusion.train;
}
