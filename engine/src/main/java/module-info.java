/** Tensors, autograd, kernels and files: the numerical engine under the diffusion models. */
module ornstein.engine {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;
  requires jdk.incubator.vector;

  exports ornstein.engine;
  exports ornstein.engine.autograd;
  exports ornstein.engine.io;
  exports ornstein.engine.kernel;
  exports ornstein.engine.op;
  exports ornstein.engine.program;
}
