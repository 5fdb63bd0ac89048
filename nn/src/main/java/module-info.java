/** Layers, the U-Net, optimisers and checkpoints, on the engine. */
module ornstein.nn {
  requires static transitive org.jspecify;
  requires transitive ornstein.engine;
}
