package ornstein.diffusion.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import ornstein.engine.io.AtomicFile;

/** Pictures as PNG and animated GIF files, through the JDK's writers. */
final class PictureFiles {
  private static final int PALETTE = 256;

  private PictureFiles() {}

  static void writePng(Path file, BufferedImage picture) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
            try {
              writer.setOutput(stream);
              writer.write(picture);
            } finally {
              writer.dispose();
            }
          }
        });
  }

  static void writeGif(Path file, List<BufferedImage> frames, int delayMillis, boolean loop)
      throws IOException {
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("an animation needs at least one frame");
    }
    if (delayMillis < 10 || delayMillis > 655_350) {
      throw new IllegalArgumentException(
          "a frame's delay of " + delayMillis + " ms is not in 10 to 655350");
    }
    BufferedImage first = frames.get(0);
    for (BufferedImage frame : frames) {
      if (frame.getWidth() != first.getWidth() || frame.getHeight() != first.getHeight()) {
        throw new IllegalArgumentException("an animation's frames must all be of one size");
      }
    }
    AtomicFile.write(file, out -> writeFrames(out, frames, delayMillis, loop));
  }

  private static void writeFrames(
      OutputStream out, List<BufferedImage> frames, int delayMillis, boolean loop)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.prepareWriteSequence(null);
      ImageWriteParam param = writer.getDefaultWriteParam();
      for (int i = 0; i < frames.size(); i++) {
        BufferedImage picture = reduced(frames.get(i));
        IIOMetadata metadata =
            writer.getDefaultImageMetadata(new ImageTypeSpecifier(picture), param);
        int hundredths = (delayMillis + 5) / 10;
        describe(metadata, hundredths, i == 0 && loop && frames.size() > 1);
        writer.writeToSequence(new IIOImage(picture, null, metadata), param);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
  }

  /** Sets the delay in GIF89a's graphic control extension, and Netscape's looping extension. */
  private static void describe(IIOMetadata metadata, int hundredths, boolean loop)
      throws IOException {
    String format = metadata.getNativeMetadataFormatName();
    IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
    IIOMetadataNode control =
        (IIOMetadataNode) root.getElementsByTagName("GraphicControlExtension").item(0);
    control.setAttribute("delayTime", Integer.toString(hundredths));
    if (loop) {
      IIOMetadataNode application = new IIOMetadataNode("ApplicationExtension");
      application.setAttribute("applicationID", "NETSCAPE");
      application.setAttribute("authenticationCode", "2.0");
      // Sub-block 1: repeat 0 times, which means for ever.
      application.setUserObject(new byte[] {1, 0, 0});
      IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
      extensions.appendChild(application);
      root.appendChild(extensions);
    }
    metadata.setFromTree(format, root);
  }

  /** An indexed copy if 256 colours suffice, else an RGB one, which the writer quantises. */
  private static BufferedImage reduced(BufferedImage picture) {
    int height = picture.getHeight();
    int width = picture.getWidth();
    int[] colours = opaque(picture);
    int[] palette = Arrays.stream(colours).distinct().sorted().limit(PALETTE + 1).toArray();
    if (palette.length > PALETTE) {
      BufferedImage rgb = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      rgb.getRaster().setDataElements(0, 0, width, height, colours);
      return rgb;
    }
    byte[] indices = new byte[colours.length];
    for (int i = 0; i < colours.length; i++) {
      indices[i] = (byte) Arrays.binarySearch(palette, colours[i]);
    }
    byte[][] rgb = new byte[3][PALETTE];
    for (int i = 0; i < palette.length; i++) {
      rgb[0][i] = (byte) (palette[i] >> 16);
      rgb[1][i] = (byte) (palette[i] >> 8);
      rgb[2][i] = (byte) palette[i];
    }
    IndexColorModel model = new IndexColorModel(8, PALETTE, rgb[0], rgb[1], rgb[2]);
    BufferedImage indexed =
        new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, model);
    indexed.getRaster().setDataElements(0, 0, width, height, indices);
    return indexed;
  }

  /**
   * The pixels as 0xRRGGBB over white. Grey samples are taken as they are: getRGB would convert
   * them from Java's linear grey.
   */
  private static int[] opaque(BufferedImage picture) {
    int bands = picture.getRaster().getNumBands();
    boolean grey = picture.getColorModel().getColorSpace().getNumComponents() == 1;
    int shift = Math.max(picture.getColorModel().getComponentSize(0) - 8, 0);
    int width = picture.getWidth();
    int[] colours = new int[width * picture.getHeight()];
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < width; x++) {
        int rgb;
        if (grey) {
          int v = picture.getRaster().getSample(x, y, 0) >> shift;
          int alpha = bands == 2 ? picture.getRaster().getSample(x, y, 1) >> shift : 255;
          rgb = (alpha << 24) | (v << 16) | (v << 8) | v;
        } else {
          rgb = picture.getRGB(x, y);
        }
        colours[y * width + x] = overWhite(rgb);
      }
    }
    return colours;
  }

  private static int overWhite(int argb) {
    int alpha = argb >>> 24;
    int result = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int v = (argb >> shift) & 0xff;
      result = (result << 8) | ((v * alpha + 255 * (255 - alpha) + 127) / 255);
    }
    return result;
  }
}
