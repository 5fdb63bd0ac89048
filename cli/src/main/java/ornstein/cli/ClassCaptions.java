package ornstein.cli;

import java.util.Arrays;
import java.util.List;
import ornstein.diffusion.data.Images;

/**
 * What stands under images of a class: its name, or its number where classes have no names.
 *
 * @param names of the classes; empty if they have none
 */
record ClassCaptions(List<String> names) {
  ClassCaptions {
    names = List.copyOf(names);
  }

  /** A caption for each image, which all have labels. */
  List<String> of(Images images) {
    return Arrays.stream(images.labels()).mapToObj(this::name).toList();
  }

  private String name(int label) {
    return label < names.size() ? names.get(label) : Integer.toString(label);
  }
}
