package org.teenygrad.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Public methods say what they throw: those with a `throw` of their own, and those whose arguments go to a helper that throws.
///
/// What a public method throws is documented there and counts for it alone. What is shared by all is not followed: operands on two devices and
/// memory that is gone are no matter of one method.
class ThrowsTest {
  private static final Path CORE = Path.of("src/main/java/org/teenygrad");
  private static final Path MODELS = Path.of("../teenygrad-models/src/main/java/org/teenygrad/models");

  private static Stream<Path> packages() {
    return Stream.concat(
        Stream.of("", "blas", "data", "distributions", "nn", "optim", "plot", "state", "train").map(CORE::resolve),
        Stream.of("nanogpt", "report", "settings", "stories").map(MODELS::resolve));
  }

  private static final Set<String> SHARED = Set.of("Tensor", "HostData");

  /// Arguments that an operation on any tensor takes: a number becomes one of the tensor's type.
  private static final Set<String> HARMLESS = Set.of("Number", "DType", "Device");

  /// A method or constructor, by its class's name and its own; `called` are methods of the same package.
  private record Method(
      String place, String type, String name, boolean visible, boolean checksArguments, boolean raises, Set<String> called, @Nullable String doc) {
    String key() {
      return type + "." + name;
    }
  }

  @Test
  void publicMethodsSayWhatTheyThrow() throws IOException {
    List<String> silent = new ArrayList<>();
    for (Path folder : packages().toList()) {
      List<Method> methods = methods(folder);
      Set<String> throwers = throwers(methods);
      for (Method method : methods) {
        boolean raises = method.raises() || method.checksArguments() && method.called().stream().anyMatch(throwers::contains);
        if (method.visible() && raises && (method.doc() == null || !method.doc().contains("@throws"))) {
          silent.add(method.place());
        }
      }
      assertThat(methods).as(folder.toString()).isNotEmpty();
    }
    assertThat(silent).isEmpty();
  }

  /// Helpers that throw, or call one that does.
  private static Set<String> throwers(List<Method> methods) {
    List<Method> helpers = methods.stream().filter(method -> !method.visible() && !SHARED.contains(method.type())).toList();
    Set<String> throwers = new HashSet<>();
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Method helper : helpers) {
        if (helper.raises() || helper.called().stream().anyMatch(throwers::contains)) {
          changed |= throwers.add(helper.key());
        }
      }
    }
    return throwers;
  }

  private static List<Method> methods(Path folder) throws IOException {
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null); Stream<Path> all = Files.list(folder)) {
      List<Path> sources = all.filter(file -> file.toString().endsWith(".java")).toList();
      JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources));
      List<Method> methods = new ArrayList<>();
      for (CompilationUnitTree unit : task.parse()) {
        new Reader(unit, DocTrees.instance(task), methods).scan(unit, null);
      }
      return methods;
    }
  }

  private static final class Reader extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final CompilationUnitTree unit;
    private final DocTrees trees;
    private final List<Method> methods;
    private final Deque<ClassTree> classes = new ArrayDeque<>();

    Reader(CompilationUnitTree unit, DocTrees trees, List<Method> methods) {
      this.unit = unit;
      this.trees = trees;
      this.methods = methods;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
      classes.push(type);
      super.visitClass(type, null);
      classes.pop();
      return null;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
      String type = classes.element().getSimpleName().toString();
      Set<String> called = new HashSet<>();
      boolean[] raises = {false};
      new TreeScanner<@Nullable Void, @Nullable Void>() {
        @Override
        public @Nullable Void visitThrow(ThrowTree thrown, @Nullable Void ignored) {
          raises[0] = true;
          return super.visitThrow(thrown, null);
        }

        @Override
        public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void ignored) {
          if (call.getMethodSelect() instanceof IdentifierTree own) {
            called.add(type + "." + own.getName());
          } else if (call.getMethodSelect() instanceof MemberSelectTree select && select.getExpression() instanceof IdentifierTree of) {
            called.add(of.getName() + "." + select.getIdentifier());
          }
          return super.visitMethodInvocation(call, null);
        }
      }.scan(method.getBody(), null);
      boolean checksArguments = method.getParameters().stream().anyMatch(parameter -> !HARMLESS.contains(parameter.getType().toString()));
      long line = unit.getLineMap().getLineNumber(trees.getSourcePositions().getStartPosition(unit, method));
      methods.add(new Method(
          Path.of(unit.getSourceFile().getName()).getFileName() + ":" + line + " " + method.getName(), type, method.getName().toString(),
          isVisible(method), checksArguments, raises[0], called, trees.getDocComment(getCurrentPath())));
      return super.visitMethod(method, null);
    }

    /// Whether users see it: in a public type, or in a room of [org.teenygrad.Tensor], which inherits it.
    private boolean isVisible(MethodTree method) {
      Set<Modifier> flags = method.getModifiers().getFlags();
      ClassTree type = classes.element();
      boolean inInterface = type.getKind() == Tree.Kind.INTERFACE;
      boolean exposed = flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED)
          || inInterface && !flags.contains(Modifier.PRIVATE) && (isPublic(type) || !flags.contains(Modifier.STATIC));
      return exposed && (isRoom() || classes.stream().allMatch(this::isPublic));
    }

    private boolean isRoom() {
      return classes.size() == 1 && classes.element().getModifiers().getFlags().contains(Modifier.SEALED);
    }

    /// What stands in an interface is public without saying so.
    private boolean isPublic(ClassTree type) {
      return type.getModifiers().getFlags().contains(Modifier.PUBLIC)
          || classes.size() > 1 && classes.stream().anyMatch(outer -> outer.getKind() == Tree.Kind.INTERFACE && outer.getMembers().contains(type));
    }
  }
}
