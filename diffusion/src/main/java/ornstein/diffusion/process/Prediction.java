package ornstein.diffusion.process;

import ornstein.engine.Tensor;

/**
 * What a network sees behind noisy samples.
 *
 * @param start x̂<sub>0</sub>, thresholded, of the samples' shape
 * @param noise the ε̂ that x̂<sub>0</sub> implies, (x<sub>t</sub> − √ᾱ<sub>t</sub> x̂<sub>0</sub>)
 *     / √(1−ᾱ<sub>t</sub>), of the samples' shape
 */
public record Prediction(Tensor start, Tensor noise) {}
