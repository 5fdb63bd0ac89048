/** Measurements of the engine and of whole models. */
@SuppressWarnings("requires-automatic")
module ornstein.bench {
  requires static org.jspecify;
  requires info.picocli;
  requires java.management;
  requires jdk.incubator.vector;
  requires jdk.management;
  requires jmh.core;
  requires ornstein.diffusion;

  opens ornstein.bench to
      info.picocli;
}
