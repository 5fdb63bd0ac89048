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

  /** Elements of scratch for a tile at an edge: all of its channels. */
  int patchSize() {
    int side = f.tile() + 2;
    return side * side * g.inChannels();
  }

  /**
   * Transforms a tile's input: channels c … c + CHANNELS go to v + vo + c · {@code chunk}. A tile
   * at an edge is copied to {@code patch} first, with the zeros around the image.
   */
  void input(
      float[] x,
      int xo,
      int tile,
      float[] scratch,
      int patch,
      int tmp,
      float[] v,
      int vo,
      int chunk,
      int step) {
    int channels = g.inChannels();
    int side = f.tile() + 2;
    int h0 = top(tile) - g.padding();
    int w0 = left(tile) - g.padding();
    int first = xo + image(tile) * g.height() * g.width() * channels;
    int row = g.width() * channels;
    if (h0 >= 0 && w0 >= 0 && h0 + side <= g.height() && w0 + side <= g.width()) {
      int at = first + h0 * row + w0 * channels;
      transform(x, at, row, scratch, tmp, v, vo, chunk, step);
      return;
    }
    int line = side * channels;
    int before = Math.min(side, Math.max(0, -w0)) * channels;
    int end = Math.max(before, Math.min(side, g.width() - w0) * channels);
    for (int i = 0; i < side; i++) {
      int h = h0 + i;
      int to = patch + i * line;
      if (h < 0 || h >= g.height()) {
        Arrays.fill(scratch, to, to + line, 0f);
        continue;
      }
      Arrays.fill(scratch, to, to + before, 0f);
      System.arraycopy(
          x, first + h * row + w0 * channels + before, scratch, to + before, end - before);
      Arrays.fill(scratch, to + end, to + line, 0f);
    }
    transform(scratch, patch, line, scratch, tmp, v, vo, chunk, step);
  }

  private void transform(
      float[] x,
      int at,
      int row,
      float[] scratch,
      int tmp,
      float[] v,
      int vo,
      int chunk,
      int step) {
    int pixel = g.inChannels();
    for (int c = 0; c < pixel; c += CHANNELS) {
      int n = Math.min(CHANNELS, pixel - c);
      TileTransforms.input(f, x, at + c, row, pixel, n, scratch, tmp, v, vo + c * chunk, step);
    }
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

  /**
   * Transforms some channels of a tile back, with what is added to the output. Places lie {@code
   * step} apart in m. A tile that an image's right edge cuts goes through {@code patch}.
   */
  void output(
      float[] m,
      int mo,
      int step,
      int tile,
      int channel,
      int channels,
      float[] scratch,
      int patch,
      int tmp,
      Epilogue epilogue,
      HeapBuffer y) {
    TileTransforms.outputColumns(f, m, mo, step, channels, scratch, tmp);
    int rows = rows(tile);
    int columns = columns(tile);
    int pixel = g.outChannels();
    int row = g.outWidth() * pixel;
    int at = pixel(tile) * pixel + channel;
    HeapBuffer bias = epilogue.bias();
    HeapBuffer more = epilogue.residual();
    float[] to = y.array();
    int yo = y.offset() + at;
    if (columns == f.tile() && bias == null && more == null) {
      TileTransforms.outputRows(f, scratch, tmp, rows, channels, to, yo, pixel, row);
    } else if (columns == f.tile() && bias != null && more == null) {
      int bo = bias.offset() + channel;
      TileTransforms.outputRows(
          f, scratch, tmp, rows, channels, bias.array(), bo, to, yo, pixel, row);
    } else if (columns == f.tile() && bias != null && more != null) {
      int bo = bias.offset() + channel;
      float[] r = more.array();
      int ro = more.offset() + at;
      TileTransforms.outputRows(
          f, scratch, tmp, rows, channels, bias.array(), bo, r, ro, to, yo, pixel, row);
    } else {
      int line = f.tile() * CHANNELS;
      TileTransforms.outputRows(f, scratch, tmp, rows, channels, scratch, patch, CHANNELS, line);
      for (int i = 0; i < rows; i++) {
        int from = patch + i * line;
        epilogue.store(scratch, from, CHANNELS, y, at + i * row, pixel, columns, channel, channels);
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
          RowBlock.copy(gy, go + at, patch, to, channels);
        } else {
          Arrays.fill(patch, to, to + channels, 0f);
        }
      }
    }
  }
}
