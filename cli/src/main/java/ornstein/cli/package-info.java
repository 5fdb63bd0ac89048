/** The {@code ornstein} command and its subcommands. */
@NullMarked
package ornstein.cli;

import org.jspecify.annotations.NullMarked;
