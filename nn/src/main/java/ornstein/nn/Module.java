package ornstein.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A layer or a network: named parameters and named children, in the order of their declaration. The
 * full name of a parameter joins the names on the path to it with dots, as in PyTorch; a name given
 * here may itself hold dots ({@code in_layers.0}), so that a layer can have the names of a
 * published checkpoint without being nested like it.
 *
 * <p>A module keeps nothing from one application to the next. Whether dropout is active is decided
 * by the caller, see {@link ornstein.nn.layer.Dropout}; any number of threads may therefore apply
 * one module at once, as long as nobody updates its parameters.
 */
@SuppressWarnings("JavaLangClash") // the field's name for it; java.lang.Module is not used here
public abstract class Module {
  private final SequencedMap<String, Parameter> parameters = new LinkedHashMap<>();
  private final SequencedMap<String, Module> children = new LinkedHashMap<>();

  /** Creates a module without parameters and children. */
  protected Module() {}

  /**
   * Declares a parameter.
   *
   * @param name its name within this module
   * @param parameter the parameter
   * @return the parameter
   * @throws IllegalArgumentException if the name is empty or taken
   */
  protected final Parameter register(String name, Parameter parameter) {
    requireFree(name);
    parameters.put(name, parameter);
    return parameter;
  }

  /**
   * Declares a child.
   *
   * @param <M> type of the child
   * @param name its name within this module
   * @param child the child
   * @return the child
   * @throws IllegalArgumentException if the name is empty or taken
   */
  protected final <M extends Module> M register(String name, M child) {
    requireFree(name);
    children.put(name, child);
    return child;
  }

  /**
   * Takes over all that another module declares, under the same names: for a part that checkpoints
   * know nothing of.
   *
   * @param <M> type of the part
   * @param part the part, complete
   * @return the part
   * @throws IllegalArgumentException if one of its names is taken
   */
  protected final <M extends Module> M include(M part) {
    ((Module) part).parameters.forEach(this::register);
    ((Module) part).children.forEach(this::register);
    return part;
  }

  private void requireFree(String name) {
    if (name.isEmpty() || parameters.containsKey(name) || children.containsKey(name)) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' cannot be declared in "
              + getClass().getSimpleName()
              + ": empty or taken");
    }
  }

  /**
   * The children.
   *
   * @return an unmodifiable view in the order of declaration
   */
  public final SequencedMap<String, Module> children() {
    return Collections.unmodifiableSequencedMap(children);
  }

  /**
   * All parameters of this module and everything below it: its own first, then each child's.
   *
   * @return a fresh map from full names
   */
  public final SequencedMap<String, Parameter> namedParameters() {
    SequencedMap<String, Parameter> all = new LinkedHashMap<>();
    collect("", all);
    return all;
  }

  private void collect(String prefix, SequencedMap<String, Parameter> all) {
    parameters.forEach((name, p) -> all.put(prefix + name, p));
    children.forEach((name, child) -> child.collect(prefix + name + ".", all));
  }

  /**
   * All parameters of this module and everything below it.
   *
   * @return the parameters in the order of {@link #namedParameters}
   */
  public final List<Parameter> parameters() {
    return List.copyOf(namedParameters().values());
  }

  /**
   * Number of trained values.
   *
   * @return the sum of all parameters' sizes
   */
  public final long parameterCount() {
    long count = 0;
    for (Parameter p : namedParameters().values()) {
      count += p.shape().size();
    }
    return count;
  }
}
