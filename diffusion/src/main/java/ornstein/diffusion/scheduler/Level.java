package ornstein.diffusion.scheduler;

/**
 * A level of noise as the multistep solvers have it.
 *
 * @param alpha √ᾱ
 * @param sigma √(1 − ᾱ)
 * @param lambda ln(alpha/sigma), infinite without noise
 */
record Level(float alpha, float sigma, float lambda) {

  /** From σ = ((1 − ᾱ)/ᾱ)^½. */
  static Level of(float ratio) {
    float alpha = 1 / Float32.sqrt(ratio * ratio + 1);
    float sigma = ratio * alpha;
    return new Level(alpha, sigma, Float32.log(alpha) - Float32.log(sigma));
  }

  /** λ from ᾱ. */
  static float lambda(float alphaBar) {
    return Float32.log(Float32.sqrt(alphaBar)) - Float32.log(Float32.sqrt(1 - alphaBar));
  }

  static Level[] of(float[] ratios) {
    Level[] levels = new Level[ratios.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = of(ratios[i]);
    }
    return levels;
  }
}
