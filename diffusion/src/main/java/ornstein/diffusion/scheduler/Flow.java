package ornstein.diffusion.scheduler;

/** Flow matching, which is not of a chain of β: options that only say that it is not used. */
final class Flow {
  private static final String REMEDY = "flow matching is no process of this package";

  private Flow() {}

  static void refuse(Options options) {
    options.requireFalse("use_flow_sigmas", REMEDY);
    options.requireFalse("use_dynamic_shifting", REMEDY);
    options.number("flow_shift", 1); // without effect
    options.text("time_shift_type", "exponential"); // without effect
  }
}
