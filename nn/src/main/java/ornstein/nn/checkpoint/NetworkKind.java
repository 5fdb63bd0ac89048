package ornstein.nn.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import ornstein.nn.Module;
import ornstein.nn.Weights;
import ornstein.nn.unet.EncoderUNet;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/**
 * A kind of network that a {@link Checkpoint} can hold: how its configuration becomes texts and
 * back.
 *
 * @param <N> the network's type
 */
public interface NetworkKind<N extends Module> {

  /** U-Nets. */
  NetworkKind<UNet> UNET =
      new NetworkKind<>() {
        @Override
        public String name() {
          return "unet";
        }

        @Override
        public SequencedMap<String, String> toMetadata(UNet model) {
          return model.config().toMetadata();
        }

        @Override
        public Plan<UNet> read(Map<String, String> metadata) {
          UNetConfig config = UNetConfig.fromMetadata(metadata);
          return new Plan<>() {
            @Override
            public long parameterCount() {
              return config.parameterCount();
            }

            @Override
            public UNet build(Weights weights) {
              return UNet.of(config, weights);
            }
          };
        }
      };

  /** Classifiers of noisy images; {@code classifier.height} and {@code classifier.width} beside. */
  NetworkKind<EncoderUNet> CLASSIFIER =
      new NetworkKind<>() {
        private static final String HEIGHT = "classifier.height";
        private static final String WIDTH = "classifier.width";
        private static final int MOST_PIXELS = 4096;

        @Override
        public String name() {
          return "classifier";
        }

        @Override
        public SequencedMap<String, String> toMetadata(EncoderUNet model) {
          SequencedMap<String, String> m = new LinkedHashMap<>(model.config().toMetadata());
          m.put(HEIGHT, Integer.toString(model.height()));
          m.put(WIDTH, Integer.toString(model.width()));
          return m;
        }

        @Override
        public Plan<EncoderUNet> read(Map<String, String> metadata) {
          UNetConfig config = UNetConfig.fromMetadata(metadata);
          int height = size(metadata, HEIGHT);
          int width = size(metadata, WIDTH);
          return new Plan<>() {
            @Override
            public long parameterCount() {
              return EncoderUNet.parameterCount(config, height, width);
            }

            @Override
            public EncoderUNet build(Weights weights) {
              return EncoderUNet.of(config, height, width, weights);
            }
          };
        }

        private static int size(Map<String, String> metadata, String key) {
          String text = metadata.getOrDefault(key, "missing");
          try {
            int size = Integer.parseInt(text);
            if (size < 1 || size > MOST_PIXELS) {
              throw new NumberFormatException(text);
            }
            return size;
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                "the metadata's '"
                    + key
                    + "' must be from 1 to "
                    + MOST_PIXELS
                    + ", not '"
                    + text
                    + "'",
                e);
          }
        }
      };

  /**
   * The kind's name in files.
   *
   * @return a word
   */
  String name();

  /**
   * The configuration of a network.
   *
   * @param model the network
   * @return texts under keys of the kind's own
   */
  SequencedMap<String, String> toMetadata(N model);

  /**
   * Reads a configuration back.
   *
   * @param metadata a file's texts, of which some are the configuration
   * @return what can be built
   * @throws IllegalArgumentException if an option is missing, unknown or out of range
   */
  Plan<N> read(Map<String, String> metadata);

  /**
   * A network that is not built yet.
   *
   * @param <N> the network's type
   */
  interface Plan<N extends Module> {
    /**
     * Number of its values.
     *
     * @return the count
     */
    long parameterCount();

    /**
     * Builds it.
     *
     * @param weights all of its weights and nothing else
     * @return the network
     * @throws ornstein.nn.StateDictException if they are not those of such a network
     */
    N build(Weights weights);
  }
}
