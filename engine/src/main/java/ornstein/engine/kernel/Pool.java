package ornstein.engine.kernel;

/**
 * Geometry of pooling over square, non-overlapping windows, and of its adjoint, nearest-neighbour
 * upsampling. The fine image is [batch, outHeight·factor, outWidth·factor, channels], the coarse
 * one [batch, outHeight, outWidth, channels].
 *
 * @param batch number of images
 * @param outHeight height of the coarse image in pixels
 * @param outWidth width of the coarse image in pixels
 * @param channels channels
 * @param factor side of the window in pixels, at least 1
 */
public record Pool(int batch, int outHeight, int outWidth, int channels, int factor) {}
