package org.teenygrad.web.cells;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import jdk.jshell.Diag;
import jdk.jshell.EvalException;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.VarSnippet;
import jdk.jshell.execution.LocalExecutionControl;
import org.jspecify.annotations.Nullable;
import org.teenygrad.ExpressionView;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.nn.Module;
import org.teenygrad.web.pieces.GraphSteps;

/// The cells of one page, in JShell, with the names that earlier cells declared.
final class Session implements AutoCloseable {
  private static final int MOST_COMPLETIONS = 200;

  private final Execution execution = new Execution();
  private final JShell shell;
  private final SourceCodeAnalysis analysis;
  private final Map<String, String> classes = new HashMap<>(); // of variables, where their values are
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, Optional<Wrapped>> wrappers = new HashMap<>(); // by their classes
  private @Nullable Tensor last;
  private @Nullable ExpressionView expression;

  /// JShell's, in this process, so that values are at hand; it says in which class the last snippet was.
  private static final class Execution extends LocalExecutionControl {
    private String lastClass = "";

    @Override
    public String invoke(String className, String methodName) throws RunException, InternalException, EngineTerminationException {
      lastClass = className;
      return super.invoke(className, methodName);
    }

    @Nullable Object value(String className, String name) throws ReflectiveOperationException {
      var field = findClass(className).getDeclaredField(name);
      field.setAccessible(true);
      return field.get(null);
    }
  }

  private record Provider(Execution execution) implements jdk.jshell.spi.ExecutionControlProvider {
    @Override
    public String name() {
      return "cells";
    }

    @Override
    public jdk.jshell.spi.ExecutionControl generate(jdk.jshell.spi.ExecutionEnv env, Map<String, String> parameters) {
      return execution;
    }
  }

  Session() {
    shell = JShell.builder().executionEngine(new Provider(execution), Map.of()).build();
    for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
      shell.addToClasspath(entry);
    }
    analysis = shell.sourceCodeAnalysis();
    CellProcess.IMPORTS.lines().forEach(shell::eval);
  }

  /// Runs a cell, snippet by snippet, up to its end or its first error.
  ///
  /// @param said is told what it makes: a `value` of each expression, and perhaps an `error`
  void run(String code, Consumer<Map<String, @Nullable Object>> said) {
    String rest = code;
    while (true) {
      CompletionInfo next = analysis.analyzeCompletion(rest);
      if (next.completeness() == Completeness.EMPTY) {
        return;
      }
      Place place = new Place(code, code.length() - rest.length());
      boolean isWhole = next.completeness().isComplete();
      for (SnippetEvent event : shell.eval(isWhole ? Objects.requireNonNull(next.source()) : rest)) {
        if (event.causeSnippet() == null && !tell(event, place, said)) {
          return;
        }
      }
      if (!isWhole) {
        return;
      }
      rest = next.remaining();
    }
  }

  /// @return whether the cell may go on
  private boolean tell(SnippetEvent event, Place place, Consumer<Map<String, @Nullable Object>> said) {
    Snippet snippet = event.snippet();
    places.put("#" + snippet.id(), place); // what stack traces call it
    if (event.status() == Snippet.Status.REJECTED) {
      Diag problem = shell.diagnostics(snippet).filter(Diag::isError).findFirst().orElseThrow();
      said.accept(place.error(problem.getStartPosition(), problem.getEndPosition(), problem.getMessage(Locale.ENGLISH)));
      return false;
    }
    if (event.exception() != null) {
      said.accept(thrown(event.exception(), place));
      return false;
    }
    if (event.status() == Snippet.Status.RECOVERABLE_NOT_DEFINED || event.status() == Snippet.Status.RECOVERABLE_DEFINED) {
      String missing = shell.unresolvedDependencies((jdk.jshell.DeclarationSnippet) snippet).collect(Collectors.joining(", "));
      said.accept(place.error(0, 0, "not declared yet: " + missing));
      return false;
    }
    String name = snippet instanceof VarSnippet variable ? variable.name() : snippet instanceof ExpressionSnippet expression ? expression.name() : "";
    if (snippet instanceof VarSnippet) {
      classes.put(name, execution.lastClass);
    }
    if (isExpression(snippet)) {
      return tellValue(name, place, said);
    }
    return true;
  }

  private static boolean isExpression(Snippet snippet) {
    return snippet.subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND || snippet.subKind() == Snippet.SubKind.VAR_VALUE_SUBKIND;
  }

  private boolean tellValue(String name, Place place, Consumer<Map<String, @Nullable Object>> said) {
    try {
      Object value = value(name);
      last = value instanceof Tensor tensor ? tensor.cast(tensor.dtype()) : last; // a handle of its own: one that is asked for its value forgets its expression
      said.accept(Shown.of(value instanceof GraphSteps steps ? steps.named(names()) : value, place.line()));
      return true;
    } catch (RuntimeException | OutOfMemoryError e) { // computing a value may fail as any line of a cell does
      said.accept(place.error(1, e.getClass().getSimpleName() + ": " + e.getMessage()));
      return false;
    }
  }

  /// An exception, at the innermost line of this cell that it came through.
  private Map<String, @Nullable Object> thrown(JShellException exception, Place place) {
    for (StackTraceElement frame : exception.getStackTrace()) {
      Place of = places.get(String.valueOf(frame.getFileName()));
      if (of != null && of.code().equals(place.code())) {
        return of.error(frame.getLineNumber(), message(exception));
      }
    }
    return place.error(1, message(exception));
  }

  private static String message(Throwable exception) {
    String message = switch (exception) {
      case EvalException thrown -> {
        String type = thrown.getExceptionClassName();
        yield type.substring(type.lastIndexOf('.') + 1) + (thrown.getMessage() == null ? "" : ": " + thrown.getMessage());
      }
      case UnresolvedReferenceException unresolved -> "not declared yet: what " + unresolved.getSnippet().source().lines().findFirst().orElse("") + " needs";
      default -> String.valueOf(exception.getMessage());
    };
    return exception.getCause() == null ? message : message + "\n  by " + message(exception.getCause());
  }

  /// The expression graph of the last tensor that was shown, in Graphviz' language; null if there was none.
  @Nullable String graph() {
    expression = last == null ? null : ExpressionView.of(last, names());
    return expression == null ? null : expression.dot();
  }

  /// The parameters of modules that cells have declared, with the names of their variables in front; and tensors by those of theirs.
  private Map<String, Tensor> names() {
    Map<String, Tensor> names = new LinkedHashMap<>();
    shell.variables().filter(variable -> classes.containsKey(variable.name())).forEach(variable -> {
      switch (value(variable.name())) {
        case Module module -> module.namedParameters().forEach((name, parameter) -> names.put(variable.name() + "." + name, parameter));
        case Tensor tensor when tensor.isLeaf() -> names.put(variable.name(), tensor);
        case null, default -> {}
      }
    });
    return names;
  }

  private @Nullable Object value(String name) {
    try {
      return execution.value(Objects.requireNonNull(classes.get(name)), name);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e); // JShell has a field for each
    }
  }

  /// What is known of a box of the [#graph]: its value, its gradient and the line that made it.
  /// @throws IllegalArgumentException if there is no such box
  Map<String, @Nullable Object> box(int number) {
    if (expression == null) {
      throw new IllegalArgumentException("no graph has been asked for");
    }
    Map<String, @Nullable Object> gradient = expression.gradient(number).map(found -> Shown.of(found, 1)).orElse(null);
    return Json.members("value", Shown.of(expression.value(number), 1), "gradient", gradient, "line", expression.line(number).map(this::line).orElse(null));
  }

  /// A line of a cell as it is written, or the name of another place.
  String line(StackTraceElement frame) {
    return wrappers.computeIfAbsent(frame.getClassName(), name -> Optional.ofNullable(wrapped(name))).map(wrapped -> wrapped.line(frame.getLineNumber()))
        .orElseGet(() -> frame.getFileName() + ":" + frame.getLineNumber());
  }

  /// The snippet that became a class; null for other classes.
  private @Nullable Wrapped wrapped(String className) {
    for (Snippet snippet : shell.snippets().toList()) {
      Place place = places.get("#" + snippet.id());
      if (place != null && className.equals(analysis.wrapper(snippet).fullClassName())) {
        return new Wrapped(analysis.wrapper(snippet), place);
      }
    }
    return null;
  }

  /// A snippet within the class that JShell made of it.
  private record Wrapped(SourceCodeAnalysis.SnippetWrapper wrapper, Place place) {
    /// The line of the cell at a line of the class.
    String line(int number) {
      int start = 0;
      String source = wrapper.wrapped();
      for (int i = 1; i < number && source.indexOf('\n', start) >= 0; i++) {
        start = source.indexOf('\n', start) + 1;
      }
      while (start < source.length() && source.charAt(start) == ' ') {
        start++;
      }
      return place.lineAt(wrapper.wrappedToSourcePosition(start));
    }
  }

  /// What may stand at a place of a cell.
  Map<String, @Nullable Object> complete(String code, int cursor) {
    String rest = code.substring(0, cursor);
    while (true) {
      CompletionInfo next = analysis.analyzeCompletion(rest);
      if (!next.completeness().isComplete() || next.remaining().isBlank()) {
        break;
      }
      rest = next.remaining();
    }
    int[] anchor = {0};
    Set<String> words = new LinkedHashSet<>();
    List<SourceCodeAnalysis.Suggestion> suggestions = analysis.completionSuggestions(rest, rest.length(), anchor);
    for (boolean fitting : new boolean[] {true, false}) { // those of the type that is wanted come first
      suggestions.stream().filter(suggestion -> suggestion.matchesType() == fitting).map(SourceCodeAnalysis.Suggestion::continuation).forEach(words::add);
    }
    return Json.members("from", cursor - rest.length() + anchor[0], "words", new ArrayList<>(words).subList(0, Math.min(MOST_COMPLETIONS, words.size())));
  }

  /// Forgets all that cells have declared.
  void forget() {
    shell.snippets().filter(snippet -> shell.status(snippet).isActive() && snippet.kind() != Snippet.Kind.IMPORT).toList().forEach(shell::drop);
    classes.clear();
    places.clear();
    wrappers.clear();
    last = null;
    expression = null;
  }

  /// Asks what runs to end.
  void stop() {
    shell.stop();
  }

  @Override
  public void close() {
    shell.close();
  }
}
