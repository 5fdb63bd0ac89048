package ornstein.bench.peers;

/** Who computes. */
enum Library {
  ORNSTEIN("Ornstein"),
  PYTORCH("PyTorch"),
  ONNX_RUNTIME("ONNX Runtime");

  private final String title;

  Library(String title) {
    this.title = title;
  }

  /** The name for people. */
  String title() {
    return title;
  }
}
