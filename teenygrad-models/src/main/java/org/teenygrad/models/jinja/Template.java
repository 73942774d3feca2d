package org.teenygrad.models.jinja;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A text with gaps and rules for filling them. Safe for use by several threads.
///
/// What there is of Jinja: `if`, `for` (with `loop`, `else`, `break`, `continue`), `set`, `macro`, namespaces, white space control, and the
/// filters, tests and methods of strings, lists and mappings that chat templates use. There is no way from a template to files or to Java.
public final class Template {
  private final List<Statement> statements;

  private Template(List<Statement> statements) {
    this.statements = statements;
  }

  /// @throws TemplateException if it is not a template, or has a tag that there is none of here
  public static Template of(String source) {
    try {
      return new Template(Parser.statements(source));
    } catch (StackOverflowError e) {
      throw new TemplateException("the template is nested too deeply");
    }
  }

  /// Fills it in.
  ///
  /// @param variables by name: strings, numbers, truths, null, and lists and maps of such
  /// @throws TemplateException if it refuses them, needs what is not there, or takes more steps or text than it may
  public String render(Map<String, ? extends @Nullable Object> variables) {
    return render(variables, LocalDateTime.now());
  }

  /// As [#render(Map)], at that time.
  /// @param now what `strftime_now` shows
  public String render(Map<String, ? extends @Nullable Object> variables, LocalDateTime now) {
    Scope scope = new Scope(null);
    Globals.of(now).forEach(scope::set);
    variables.forEach((name, value) -> scope.set(name, Values.of(value)));
    try {
      return new Execution().text(statements, scope);
    } catch (StackOverflowError e) {
      throw new TemplateException("the template, or what it is filled with, is nested too deeply");
    }
  }
}
