/** Layers, networks, optimisers and checkpoints on top of the engine. */
module ornstein.nn {
  requires static transitive org.jspecify;
  requires transitive ornstein.engine;

  exports ornstein.nn;
  exports ornstein.nn.checkpoint;
  exports ornstein.nn.family;
  exports ornstein.nn.keras;
  exports ornstein.nn.layer;
  exports ornstein.nn.mlp;
  exports ornstein.nn.optim;
  exports ornstein.nn.unet;
}
