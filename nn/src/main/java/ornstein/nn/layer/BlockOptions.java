package ornstein.nn.layer;

/**
 * What all blocks of one network have in common.
 *
 * @param embeddingChannels length of the embedding of timestep and label, at least 1
 * @param groups groups of every normalisation, a divisor of all channel counts
 * @param epsilon added to the variance of every normalisation
 * @param dropout probability of dropout in residual blocks, in [0, 1)
 * @param scaleShift whether the embedding scales and shifts the normalised features, or is added to
 *     them before
 */
public record BlockOptions(
    int embeddingChannels, int groups, float epsilon, float dropout, boolean scaleShift) {}
