package ornstein.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Layout;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Lists a command's options in the help: its own first, then those of each mixin whose name begins
 * with a capital letter, under that name. The library's own sections, argument groups, would lose
 * values without a word when an option is given twice.
 */
final class OptionSections implements IHelpSectionRenderer {
  OptionSections() {}

  @Override
  public String render(Help help) {
    List<OptionSpec> rest = new ArrayList<>(help.commandSpec().options());
    rest.removeIf(OptionSpec::hidden);
    List<OptionSpec> all = List.copyOf(rest);
    StringBuilder sections = new StringBuilder();
    for (Map.Entry<String, CommandSpec> mixin : help.commandSpec().mixins().entrySet()) {
      if (Character.isUpperCase(mixin.getKey().charAt(0))) {
        List<OptionSpec> options = mixin.getValue().options();
        rest.removeAll(options);
        sections.append(String.format("%n%s:%n", mixin.getKey())).append(list(help, all, options));
      }
    }
    return list(help, all, rest) + sections;
  }

  /** Lists some of the options, with columns wide enough for all. */
  private static String list(Help help, List<OptionSpec> all, List<OptionSpec> options) {
    Layout layout = help.createDefaultLayout(all, List.of(), help.colorScheme());
    layout.addOptions(options, help.parameterLabelRenderer());
    return layout.toString();
  }
}
