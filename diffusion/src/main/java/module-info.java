/** Schedules, processes, samplers, training and image data of diffusion models. */
module ornstein.diffusion {
  requires static transitive org.jspecify;
  requires java.desktop;
  requires transitive ornstein.nn;
}
