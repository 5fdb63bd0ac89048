package ornstein.diffusion.scheduler;

import ornstein.engine.Tensor;

/** Functions of float32, correctly rounded but for a case in some hundred million. */
final class Float32 {
  private Float32() {}

  static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  static float exp(float x) {
    return (float) StrictMath.exp(x);
  }

  static Tensor exp(Tensor x) {
    float[] values = x.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = exp(values[i]);
    }
    return Tensor.of(x.shape(), values);
  }

  static float expm1(float x) {
    return (float) StrictMath.expm1(x);
  }

  static float log(float x) {
    return (float) StrictMath.log(x);
  }
}
