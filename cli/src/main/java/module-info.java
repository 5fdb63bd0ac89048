/** The command line. Nothing is exported: it is a program, not a library. */
@SuppressWarnings("requires-automatic") // XChart has no module descriptor
module ornstein.cli {
  requires static org.jspecify;
  requires info.picocli;
  requires java.desktop;
  requires jdk.management;
  requires me.tongfei.progressbar;
  requires org.knowm.xchart;
  requires ornstein.diffusion;

  opens ornstein.cli to
      info.picocli;
}
