package ornstein.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import ornstein.engine.io.AtomicFile;

/**
 * A page in one file: no script, nothing fetched, light or dark as its reader's system is. It is
 * HTML for browsers and well-formed XML too. All texts are escaped.
 */
final class HtmlPage {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
      <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{title}</title>
      <style>
      :root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --dim: #667078; --line: #d8dde2;
        --box: #f4f6f8; --raw: #a8c4e0; --mean: #1f4e79; --q0: #c0504d; --q1: #d08a10; --q2: #6a9a3a;
        --q3: #808080; --held: #7030a0; }
      @media (prefers-color-scheme: dark) { :root { --back: #14181d; --text: #e3e7eb; --dim: #98a2ab;
        --line: #343c45; --box: #1d232a; --raw: #3d5673; --mean: #8ec1f5; --q0: #e07a76; --q1: #e8b04a;
        --q2: #98c866; --q3: #a4a4a4; --held: #c08ae8; } }
      body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem; background: var(--back);
        color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
      h1 { margin-bottom: 0; overflow-wrap: anywhere; } h2 { margin-top: 2.2rem; font-size: 1.2rem; }
      p.dim, figcaption, th { color: var(--dim); }
      table { border-collapse: collapse; } th { text-align: left; font-weight: normal; }
      th, td { padding: .15rem 1.5rem .15rem 0; vertical-align: top; overflow-wrap: anywhere; }
      pre { background: var(--box); padding: .7rem .9rem; border-radius: .4rem; overflow-x: auto; }
      figure { display: inline-block; margin: 0 1rem 1rem 0; } figure img { max-width: 100%; }
      svg { width: 100%; height: auto; } svg text { fill: var(--dim); font-size: 12px; }
      svg line { stroke: var(--line); } svg polyline { fill: none; stroke-width: 1.5; }
      .raw { stroke: var(--raw); } .mean { stroke: var(--mean); } .held { stroke: var(--held); }
      .q0 { stroke: var(--q0); } .q1 { stroke: var(--q1); } .q2 { stroke: var(--q2); }
      .q3 { stroke: var(--q3); } svg .mean, svg .held { stroke-width: 2.5; }
      </style>
      </head>
      <body>
      """;

  private final StringBuilder text = new StringBuilder();

  /**
   * Begins a page.
   *
   * @param title its title and first heading
   */
  HtmlPage(String title) {
    text.append(HEAD.replace("{title}", escaped(title)));
    element("h1", title);
  }

  /** Text as it may stand in an element or an attribute; what XML has no place for is replaced. */
  static String escaped(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isXml(c) ? c : 0xfffd);
              }
            });
    return safe.toString();
  }

  /** XML 1.0, section 2.2, without the controls that HTML forbids. */
  private static boolean isXml(int c) {
    return c == '\t'
        || c == '\n'
        || (c >= ' ' && c < 0x7f)
        || (c > 0x9f && c < 0xd800)
        || (c > 0xdfff && c < 0xfffe)
        || c > 0xffff;
  }

  private void element(String name, String content) {
    text.append('<').append(name).append('>').append(escaped(content));
    text.append("</").append(name).append(">\n");
  }

  HtmlPage heading(String heading) {
    element("h2", heading);
    return this;
  }

  HtmlPage paragraph(String words) {
    element("p", words);
    return this;
  }

  /** A paragraph that is less important. */
  HtmlPage remark(String words) {
    text.append("<p class=\"dim\">").append(escaped(words)).append("</p>\n");
    return this;
  }

  /** Lines as they are, to copy. */
  HtmlPage lines(List<String> lines) {
    element("pre", String.join("\n", lines));
    return this;
  }

  /** Lines that are shown once the reader asks for them. */
  HtmlPage folded(String summary, List<String> lines) {
    text.append("<details>");
    element("summary", summary);
    lines(lines);
    text.append("</details>\n");
    return this;
  }

  HtmlPage table(SequencedMap<String, String> rows) {
    text.append("<table><tbody>\n");
    for (Map.Entry<String, String> row : rows.entrySet()) {
      text.append("<tr><th>").append(escaped(row.getKey())).append("</th><td>");
      text.append(escaped(row.getValue())).append("</td></tr>\n");
    }
    text.append("</tbody></table>\n");
    return this;
  }

  /** A PNG file, which becomes part of the page. */
  HtmlPage picture(Path png, String caption) throws IOException {
    String name = escaped(caption);
    text.append("<figure><img alt=\"").append(name).append("\" src=\"data:image/png;base64,");
    text.append(Base64.getEncoder().encodeToString(Files.readAllBytes(png)));
    text.append("\" /><figcaption>").append(name).append("</figcaption></figure>\n");
    return this;
  }

  HtmlPage drawing(LossSvg drawing) {
    text.append(drawing.text());
    return this;
  }

  /** Writes the page. */
  void save(Path file) throws IOException {
    String whole = text + "</body>\n</html>\n";
    AtomicFile.write(file, out -> out.write(whole.getBytes(StandardCharsets.UTF_8)));
  }
}
