package ornstein.diffusion.data;

/**
 * How a data set is read. Zero stands for "as the file says" in every number.
 *
 * @param height rows that images are brought to, by a centred crop to the aspect ratio and a resize
 * @param width columns that images are brought to; zero if and only if {@code height} is
 * @param channels 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; images are converted to it
 * @param maxValue the pixel value of white, 1 to 255; zero means 255, but in csv files 1 or 16 if
 *     no value is greater (say it explicitly for files of few or dark images); PNG and JPEG always
 *     have 255
 * @param limit at most this many images are kept: the first ones, and of a folder ones spread
 *     evenly over the sorted listing
 * @param labels where labels come from
 * @param bits 8 or 16: how many bits of a picture's values are kept; 16 only of a folder of
 *     pictures
 * @param maxBadFiles how many files of a folder may be left out because they cannot be read; one
 *     more is an error, and so is the first if this is 0
 * @param loading where the pictures of a folder are kept
 * @param memory the most bytes that pictures may take in memory: a folder that needs more is
 *     streamed, and what is decoded of it stays within this bound; zero means a quarter of the heap
 */
public record DatasetOptions(
    int height,
    int width,
    int channels,
    int maxValue,
    int limit,
    LabelChoice labels,
    int bits,
    int maxBadFiles,
    Loading loading,
    long memory) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a number is outside its range
   */
  public DatasetOptions {
    if (height < 0 || width < 0 || (height == 0) != (width == 0)) {
      throw new IllegalArgumentException(
          "image size " + height + "x" + width + " is not possible; give both as at least 1");
    }
    if ((long) height * width > PixelImage.MAX_PIXELS) {
      throw new IllegalArgumentException(
          "image size " + height + "x" + width + " is over 64 megapixels; give a smaller one");
    }
    if (channels < 0 || channels > 4) {
      throw new IllegalArgumentException(
          channels + " channels are not supported; give 1 (grey) to 4 (RGBA)");
    }
    if (maxValue < 0 || maxValue > 255) {
      throw new IllegalArgumentException("maximum value " + maxValue + " is not in 1 to 255");
    }
    if (limit < 0) {
      throw new IllegalArgumentException("limit " + limit + " is negative; give at least 1");
    }
    if (bits != 8 && bits != 16) {
      throw new IllegalArgumentException(bits + " bits are not supported; give 8 or 16");
    }
    if (maxBadFiles < 0) {
      throw new IllegalArgumentException(
          "a limit of " + maxBadFiles + " bad files is not possible; give at least 0");
    }
    if (memory < 0) {
      throw new IllegalArgumentException(
          memory + " bytes of memory for images are not possible; give at least 1");
    }
  }

  /**
   * Everything as the file says, labels included, in 8 bits; no file of a folder may be bad, and
   * one that is large is streamed.
   *
   * @return the default options
   */
  public static DatasetOptions defaults() {
    return new DatasetOptions(0, 0, 0, 0, 0, LabelChoice.AUTO, 8, 0, Loading.AUTO, 0);
  }

  /**
   * The same options with another image size.
   *
   * @param height rows, at least 1
   * @param width columns, at least 1
   * @return the new options
   * @throws IllegalArgumentException if the size is not possible
   */
  public DatasetOptions withSize(int height, int width) {
    return new DatasetOptions(
        height, width, channels, maxValue, limit, labels, bits, maxBadFiles, loading, memory);
  }

  /**
   * The same options with another channel count.
   *
   * @param channels 1 to 4, or 0 for the file's own
   * @return the new options
   * @throws IllegalArgumentException if the count is outside that range
   */
  public DatasetOptions withChannels(int channels) {
    return new DatasetOptions(
        height, width, channels, maxValue, limit, labels, bits, maxBadFiles, loading, memory);
  }

  /**
   * The same options with another value of white.
   *
   * @param maxValue 1 to 255, or 0 for the default
   * @return the new options
   * @throws IllegalArgumentException if the value is outside that range
   */
  public DatasetOptions withMaxValue(int maxValue) {
    return new DatasetOptions(
        height, width, channels, maxValue, limit, labels, bits, maxBadFiles, loading, memory);
  }

  /**
   * The same options with another limit.
   *
   * @param limit at least 1, or 0 for all images
   * @return the new options
   * @throws IllegalArgumentException if the limit is negative
   */
  public DatasetOptions withLimit(int limit) {
    return new DatasetOptions(
        height, width, channels, maxValue, limit, labels, bits, maxBadFiles, loading, memory);
  }

  /**
   * The same options with another source of labels.
   *
   * @param labels where labels come from
   * @return the new options
   */
  public DatasetOptions withLabels(LabelChoice labels) {
    return new DatasetOptions(
        height, width, channels, maxValue, limit, labels, bits, maxBadFiles, loading, memory);
  }

  /**
   * The same options with another depth.
   *
   * @param bits 8 or 16
   * @return the new options
   * @throws IllegalArgumentException if it is another number
   */
  public DatasetOptions withBits(int bits) {
    return new DatasetOptions(
        height, width, channels, maxValue, limit, labels, bits, maxBadFiles, loading, memory);
  }

  /**
   * The same options with another limit of files that may be left out.
   *
   * @param maxBadFiles at least 0
   * @return the new options
   * @throws IllegalArgumentException if it is negative
   */
  public DatasetOptions withMaxBadFiles(int maxBadFiles) {
    return new DatasetOptions(
        height, width, channels, maxValue, limit, labels, bits, maxBadFiles, loading, memory);
  }

  /**
   * The same options with another place for pictures.
   *
   * @param loading where they are kept
   * @return the new options
   */
  public DatasetOptions withLoading(Loading loading) {
    return new DatasetOptions(
        height, width, channels, maxValue, limit, labels, bits, maxBadFiles, loading, memory);
  }

  /**
   * The same options with another bound of the memory that pictures take.
   *
   * @param memory bytes, at least 1; or 0 for a quarter of the heap
   * @return the new options
   * @throws IllegalArgumentException if it is negative
   */
  public DatasetOptions withMemory(long memory) {
    return new DatasetOptions(
        height, width, channels, maxValue, limit, labels, bits, maxBadFiles, loading, memory);
  }

  /** The greatest value of a decoded picture. */
  int pictureMaxValue() {
    return (1 << bits) - 1;
  }

  /** The bound of the memory that pictures take, in bytes. */
  long pictureMemory() {
    return memory > 0 ? memory : Runtime.getRuntime().maxMemory() / 4;
  }
}
