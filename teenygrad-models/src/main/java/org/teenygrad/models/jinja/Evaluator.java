package org.teenygrad.models.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.jinja.Expression.Arguments;
import org.teenygrad.models.jinja.Values.Undefined;

/// Finds the values of expressions, within a number of steps.
final class Evaluator {
  private static final long MOST_STEPS = 10_000_000;
  private long steps;

  Object value(Expression expression, Scope scope) {
    Object value = found(expression, scope);
    step(switch (value) {
      case List<?> list when !(expression instanceof Expression.Variable) -> 1 + list.size();
      case String text when !(expression instanceof Expression.Constant) -> 1 + text.length() / 64;
      default -> 1;
    });
    return value;
  }

  private Object found(Expression expression, Scope scope) {
    return switch (expression) {
      case Expression.Constant constant -> constant.value();
      case Expression.Variable variable -> scope.get(variable.name());
      case Expression.Elements list -> values(list.elements(), scope);
      case Expression.Members members -> mapping(members, scope);
      case Expression.Attribute part -> attribute(value(part.of(), scope), part.name());
      case Expression.Subscript part -> element(value(part.of(), scope), value(part.index(), scope));
      case Expression.Slice slice -> slice(value(slice.of(), scope), slice, scope);
      case Expression.Call call -> call(call, scope);
      case Expression.Filter filter -> Filters.apply(value(filter.input(), scope), given(filter.name(), filter.arguments(), scope));
      case Expression.Test test -> Tests.holds(value(test.input(), scope), given(test.name(), test.arguments(), scope));
      case Expression.Not not -> !truth(not.operand(), scope);
      case Expression.Negative negative -> Arithmetics.of("-", 0L, value(negative.operand(), scope));
      case Expression.Arithmetic sum -> Arithmetics.of(sum.operator(), value(sum.left(), scope), value(sum.right(), scope));
      case Expression.Comparison comparison -> compare(comparison, scope);
      case Expression.And and -> {
        Object left = value(and.left(), scope);
        yield Values.truth(left) ? value(and.right(), scope) : left;
      }
      case Expression.Or or -> {
        Object left = value(or.left(), scope);
        yield Values.truth(left) ? left : value(or.right(), scope);
      }
      case Expression.Conditional conditional -> {
        @Nullable Expression chosen = truth(conditional.condition(), scope) ? conditional.then() : conditional.otherwise();
        yield chosen == null ? new Undefined("the value without else") : value(chosen, scope);
      }
    };
  }

  boolean truth(Expression expression, Scope scope) {
    return Values.truth(value(expression, scope));
  }

  /// Counts what is done: elements that are made, and texts by their length, too.
  /// @throws TemplateException if it is too much
  void step(int count) {
    steps += count;
    if (steps > MOST_STEPS) {
      throw new TemplateException("it takes more than " + MOST_STEPS + " steps");
    }
  }

  private List<Object> values(List<Expression> expressions, Scope scope) {
    List<Object> values = new ArrayList<>();
    expressions.forEach(each -> values.add(value(each, scope)));
    return values;
  }

  private Map<String, Object> mapping(Expression.Members members, Scope scope) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < members.keys().size(); i++) {
      values.put(Output.text(value(members.keys().get(i), scope)), value(members.values().get(i), scope));
    }
    return values;
  }

  private Map<String, Object> named(Arguments arguments, Scope scope) {
    Map<String, Object> named = new LinkedHashMap<>();
    arguments.named().forEach((name, argument) -> named.put(name, value(argument, scope)));
    return named;
  }

  private Given given(String name, Arguments arguments, Scope scope) {
    return new Given(name, values(arguments.positional(), scope), named(arguments, scope));
  }

  private Object call(Expression.Call call, Scope scope) {
    Object function = value(call.function(), scope);
    if (function instanceof Values.Function known) {
      return known.call(values(call.arguments().positional(), scope), named(call.arguments(), scope));
    }
    throw new TemplateException(switch (call.function()) {
      case Expression.Variable variable -> "there is no function '" + variable.name() + "'";
      case Expression.Attribute part -> "there is no method '" + part.name() + "'";
      default -> Values.kind(function) + " cannot be called";
    });
  }

  private boolean compare(Expression.Comparison comparison, Scope scope) {
    Object left = value(comparison.first(), scope);
    for (int i = 0; i < comparison.operators().size(); i++) {
      Object right = value(comparison.others().get(i), scope);
      boolean holds = switch (comparison.operators().get(i)) {
        case "==" -> Values.equal(left, right);
        case "!=" -> !Values.equal(left, right);
        case "<" -> Values.compare(left, right) < 0;
        case ">" -> Values.compare(left, right) > 0;
        case "<=" -> Values.compare(left, right) <= 0;
        case ">=" -> Values.compare(left, right) >= 0;
        case "in" -> Values.contains(right, left);
        default -> !Values.contains(right, left);
      };
      if (!holds) {
        return false;
      }
      left = right;
    }
    return true;
  }

  /// `of.name`: a method before an element.
  static Object attribute(Object of, String name) {
    if (of instanceof Undefined undefined) {
      throw new TemplateException("'" + undefined.name() + "' is undefined, so that it has no '" + name + "'");
    }
    if (of instanceof Values.Namespace namespace) {
      return namespace.values().getOrDefault(name, new Undefined(name));
    }
    Object method = Methods.of(of, name);
    return method != null ? method : of instanceof List<?> list && name.matches("\\d{1,9}") ? element(list, Long.parseLong(name)) : element(of, name);
  }

  private static Object element(Object of, Object index) {
    Object found = switch (of) {
      case Undefined undefined -> throw new TemplateException("'" + undefined.name() + "' is undefined, so that it has no elements");
      case Map<?, ?> map -> index instanceof String ? map.get(index) : null;
      case List<?> list when index instanceof Long at -> inside(at, list.size()) ? list.get((int) (at < 0 ? at + list.size() : at)) : null;
      case String text when index instanceof Long at -> {
        long length = Values.length(text);
        yield inside(at, length) ? Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) (at < 0 ? at + length : at)))) : null;
      }
      default -> index instanceof String name ? Methods.of(of, name) : null;
    };
    return found == null ? new Undefined(Output.text(index)) : found;
  }

  private static boolean inside(long at, long length) {
    return at >= -length && at < length;
  }

  private Object slice(Object of, Expression.Slice slice, Scope scope) {
    List<Object> elements = Values.elements(of);
    long length = elements.size();
    long step = bound(slice.step(), 1, scope);
    if (step == 0) {
      throw new TemplateException("a slice cannot go in steps of 0");
    }
    long begin = place(bound(slice.begin(), step > 0 ? 0 : length - 1, scope), length, step);
    long end = slice.end() == null ? step > 0 ? length : -1 : place(bound(slice.end(), 0, scope), length, step);
    List<Object> chosen = new ArrayList<>();
    for (long i = begin; step > 0 ? i < end : i > end; i += step) {
      chosen.add(elements.get((int) i));
    }
    return of instanceof String ? Methods.join(chosen, "") : chosen;
  }

  private static long place(long given, long length, long step) {
    long place = given < 0 ? given + length : given;
    return step > 0 ? Math.clamp(place, 0, length) : Math.clamp(place, -1, length - 1);
  }

  private long bound(@Nullable Expression expression, long otherwise, Scope scope) {
    Object value = expression == null ? Values.NONE : value(expression, scope);
    if (value instanceof Long number) {
      return Math.clamp(number, -(1L << 40), 1L << 40);
    }
    if (value == Values.NONE) {
      return otherwise;
    }
    throw new TemplateException("a slice goes from integer to integer, not to " + Values.kind(value));
  }
}
