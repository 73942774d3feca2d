package org.teenygrad.models.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Does what statements say.
final class Execution {
  private static final int DEEPEST = 100;
  private final Evaluator evaluator = new Evaluator();
  private int depth; // of macros

  /// What comes after a statement.
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  /// What statements write.
  String text(List<Statement> statements, Scope scope) {
    Output output = new Output();
    run(statements, scope, output);
    return output.toString();
  }

  private Flow run(List<Statement> statements, Scope scope, Output output) {
    for (Statement statement : statements) {
      evaluator.step(1);
      Flow flow = run(statement, scope, output);
      if (flow != Flow.ON) {
        return flow;
      }
    }
    return Flow.ON;
  }

  private Flow run(Statement statement, Scope scope, Output output) {
    switch (statement) {
      case Statement.Text text -> output.append(text.text());
      case Statement.Output shown -> output.append(Output.text(evaluator.value(shown.expression(), scope)));
      case Statement.If choice -> {
        return run(chosen(choice, scope), scope, output);
      }
      case Statement.For loop -> loop(loop, scope, output);
      case Statement.Assign assignment -> assign(assignment.names(), evaluator.value(assignment.value(), scope), scope);
      case Statement.AssignAttribute assignment -> {
        if (!(scope.get(assignment.namespace()) instanceof Values.Namespace namespace)) {
          throw TemplateException.at(assignment.line(), "'" + assignment.namespace() + "' is not a namespace: nothing else can be changed");
        }
        namespace.values().put(assignment.name(), evaluator.value(assignment.value(), scope));
      }
      case Statement.Capture capture -> scope.set(capture.name(), text(capture.body(), new Scope(scope)));
      case Statement.Macro macro -> scope.set(macro.name(), macro(macro, scope));
      case Statement.Block block -> {
        return run(block.body(), scope, output);
      }
      case Statement.Break _ -> {
        return Flow.BREAK;
      }
      case Statement.Continue _ -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.ON;
  }

  private List<Statement> chosen(Statement.If choice, Scope scope) {
    for (Statement.Branch branch : choice.branches()) {
      if (evaluator.truth(branch.condition(), scope)) {
        return branch.body();
      }
    }
    return choice.otherwise();
  }

  private void loop(Statement.For loop, Scope scope, Output output) {
    List<Object> elements = Values.elements(evaluator.value(loop.elements(), scope));
    if (loop.only() instanceof Expression only) {
      elements = elements.stream().filter(element -> {
        Scope inside = new Scope(scope);
        assign(loop.names(), element, inside);
        return evaluator.truth(only, inside);
      }).toList();
    }
    if (elements.isEmpty()) {
      run(loop.otherwise(), scope, output);
    }
    for (int i = 0; i < elements.size(); i++) {
      evaluator.step(1);
      Scope inside = new Scope(scope);
      assign(loop.names(), elements.get(i), inside);
      inside.set("loop", position(elements, i));
      if (run(loop.body(), inside, output) == Flow.BREAK) {
        return;
      }
    }
  }

  /// What a loop's body knows of its turn.
  private static Map<String, Object> position(List<Object> elements, int i) {
    long length = elements.size();
    Map<String, Object> loop = new LinkedHashMap<>();
    loop.put("index0", (long) i);
    loop.put("index", i + 1L);
    loop.put("revindex0", length - i - 1);
    loop.put("revindex", length - i);
    loop.put("first", i == 0);
    loop.put("last", i == length - 1);
    loop.put("length", length);
    loop.put("previtem", i > 0 ? elements.get(i - 1) : new Values.Undefined("previtem"));
    loop.put("nextitem", i < length - 1 ? elements.get(i + 1) : new Values.Undefined("nextitem"));
    Values.Function cycle = (positional, _) -> positional.isEmpty() ? new Values.Undefined("cycle") : positional.get(i % positional.size());
    loop.put("cycle", cycle);
    return loop;
  }

  private static void assign(List<String> names, Object value, Scope scope) {
    if (names.size() == 1) {
      scope.set(names.getFirst(), value);
      return;
    }
    List<Object> parts = Values.elements(value);
    if (parts.size() != names.size()) {
      throw new TemplateException("there are " + parts.size() + " values for " + String.join(", ", names));
    }
    for (int i = 0; i < parts.size(); i++) {
      scope.set(names.get(i), parts.get(i));
    }
  }

  private Values.Function macro(Statement.Macro macro, Scope scope) {
    return (positional, named) -> {
      if (++depth > DEEPEST) {
        throw TemplateException.at(macro.line(), "macros call each other more than " + DEEPEST + " deep");
      }
      Scope inside = new Scope(scope);
      List<String> parameters = new ArrayList<>(macro.parameters());
      if (positional.size() > parameters.size()) {
        throw TemplateException.at(macro.line(), "macro " + macro.name() + " takes " + parameters.size() + " values, not " + positional.size());
      }
      for (int i = 0; i < parameters.size(); i++) {
        int byDefault = i - parameters.size() + macro.defaults().size();
        @Nullable Object given = i < positional.size() ? positional.get(i) : named.get(parameters.get(i));
        inside.set(parameters.get(i), given != null ? given
            : byDefault >= 0 ? evaluator.value(macro.defaults().get(byDefault), inside) : new Values.Undefined(parameters.get(i)));
      }
      String text = text(macro.body(), inside);
      depth--;
      return text;
    };
  }
}
