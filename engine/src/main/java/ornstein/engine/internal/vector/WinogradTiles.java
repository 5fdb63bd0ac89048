package ornstein.engine.internal.vector;

import java.util.Arrays;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.Winograd;

/**
 * Where the tiles of a convolution lie, numbered through the images of a batch, row by row, and how
 * their pixels are read and written at the images' edges.
 *
 * @param g the convolution
 * @param f its transform
 */
record WinogradTiles(Convolution g, Winograd f) {
  private static final int CHANNELS = TileTransforms.CHANNELS;

  private int perRow() {
    return f.tiles(g.outWidth());
  }

  private int perImage() {
    return f.tiles(g.outHeight()) * perRow();
  }

  /** Number of tiles in the batch. */
  int count() {
    return g.batch() * perImage();
  }

  private int image(int tile) {
    return tile / perImage();
  }

  private int top(int tile) {
    return tile % perImage() / perRow() * f.tile();
  }

  private int left(int tile) {
    return tile % perRow() * f.tile();
  }

  /**
   * Transforms some channels of a tile's input. A tile at an edge is copied to {@code patch} first,
   * with the zeros around the image.
   */
  void input(
      float[] x,
      int xo,
      int tile,
      int channel,
      int channels,
      float[] scratch,
      int patch,
      int tmp,
      float[] v,
      int vo,
      int step) {
    int side = f.tile() + 2;
    int h0 = top(tile) - g.padding();
    int w0 = left(tile) - g.padding();
    int first = xo + image(tile) * g.height() * g.width() * g.inChannels() + channel;
    int row = g.width() * g.inChannels();
    if (h0 >= 0 && w0 >= 0 && h0 + side <= g.height() && w0 + side <= g.width()) {
      int at = first + h0 * row + w0 * g.inChannels();
      TileTransforms.input(f, x, at, row, g.inChannels(), channels, scratch, tmp, v, vo, step);
      return;
    }
    for (int i = 0; i < side; i++) {
      for (int j = 0; j < side; j++) {
        int h = h0 + i;
        int w = w0 + j;
        int to = patch + (i * side + j) * CHANNELS;
        if (h >= 0 && h < g.height() && w >= 0 && w < g.width()) {
          System.arraycopy(x, first + h * row + w * g.inChannels(), scratch, to, channels);
        } else {
          Arrays.fill(scratch, to, to + channels, 0f);
        }
      }
    }
    int line = side * CHANNELS;
    TileTransforms.input(f, scratch, patch, line, CHANNELS, channels, scratch, tmp, v, vo, step);
  }

  /** Number of the first output pixel of a tile. */
  private int pixel(int tile) {
    return (image(tile) * g.outHeight() + top(tile)) * g.outWidth() + left(tile);
  }

  private int rows(int tile) {
    return Math.min(f.tile(), g.outHeight() - top(tile));
  }

  private int columns(int tile) {
    return Math.min(f.tile(), g.outWidth() - left(tile));
  }

  /** Writes some channels of a tile's output from {@code patch}, with what is added to it. */
  void store(
      float[] patch, int po, int tile, int channel, int channels, Epilogue epilogue, HeapBuffer y) {
    int rows = rows(tile);
    int columns = columns(tile);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        int at = (pixel(tile) + i * g.outWidth() + j) * g.outChannels() + channel;
        int from = po + (i * f.tile() + j) * CHANNELS;
        System.arraycopy(patch, from, y.array(), y.offset() + at, channels);
        epilogue.apply(y, at, channel, channels);
      }
    }
  }

  /** Reads some channels of a tile of the output's gradient into {@code patch}, zeros beyond. */
  void gradient(float[] gy, int go, int tile, int channel, int channels, float[] patch, int po) {
    int rows = rows(tile);
    int columns = columns(tile);
    for (int i = 0; i < f.tile(); i++) {
      for (int j = 0; j < f.tile(); j++) {
        int to = po + (i * f.tile() + j) * CHANNELS;
        if (i < rows && j < columns) {
          int at = (pixel(tile) + i * g.outWidth() + j) * g.outChannels() + channel;
          System.arraycopy(gy, go + at, patch, to, channels);
        } else {
          Arrays.fill(patch, to, to + channels, 0f);
        }
      }
    }
  }
}
