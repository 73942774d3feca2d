package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Whatever a program gets, gives or catches is a type that it can import without importing the engine.
class ExportedTypesTest {
  /// The engine's door: what it returns is not for users, as its Javadoc says.
  private static final Set<String> FOR_THE_ENGINE = Set.of("org.teenygrad.Tensor.node()");

  private static final JavaClasses CORE = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .importPackages("org.teenygrad");

  @Test
  void everyTypeInAPublicSignatureIsExported() throws URISyntaxException {
    Set<String> exported = exportedPackages();
    assertThat(exported).contains("org.teenygrad", "org.teenygrad.nn");
    Set<String> hidden = new TreeSet<>();
    for (JavaClass type : CORE) {
      if (exported.contains(type.getPackageName()) && isVisible(type)) {
        members(type).filter(member -> !FOR_THE_ENGINE.contains(member.getFullName()))
            .forEach(member -> types(member).filter(used -> !isKnown(used, exported))
                .forEach(used -> hidden.add(member.getFullName() + " has " + used.getName())));
      }
    }
    assertThat(hidden).isEmpty();
  }

  /// What stands elsewhere is caught as the JDK's exception of that meaning, with the message for the user.
  @Test
  void everyExceptionOfOursIsExportedOrAnIllegalState() throws URISyntaxException {
    Set<String> exported = exportedPackages();
    List<String> hidden = CORE.stream()
        .filter(type -> type.isAssignableTo(Throwable.class) && type.getModifiers().contains(JavaModifier.PUBLIC))
        .filter(type -> !exported.contains(type.getPackageName()) && !type.isAssignableTo(IllegalStateException.class))
        .map(JavaClass::getName).toList();
    assertThat(hidden).isEmpty();
  }

  private static Set<String> exportedPackages() throws URISyntaxException {
    Path classes = Path.of(Tensor.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    ModuleDescriptor module = ModuleFinder.of(classes).findAll().iterator().next().descriptor();
    return module.exports().stream().filter(export -> !export.isQualified() && !export.source().startsWith("org.teenygrad.engine."))
        .map(ModuleDescriptor.Exports::source).collect(Collectors.toSet());
  }

  /// Public, and so is what it stands in; a package-private room of a public class counts by the methods that the class inherits.
  private static boolean isVisible(JavaClass type) {
    boolean room = type.getAllSubclasses().stream()
        .anyMatch(below -> below.isTopLevelClass() && below.getModifiers().contains(JavaModifier.PUBLIC));
    return (type.getModifiers().contains(JavaModifier.PUBLIC) || room)
        && type.getEnclosingClass().map(ExportedTypesTest::isVisible).orElse(true);
  }

  private static Stream<JavaMember> members(JavaClass type) {
    return type.getMembers().stream()
        .filter(member -> member.getModifiers().contains(JavaModifier.PUBLIC) || member.getModifiers().contains(JavaModifier.PROTECTED))
        .filter(member -> !member.getModifiers().contains(JavaModifier.SYNTHETIC));
  }

  /// All types of a signature, those in its type arguments included.
  private static Stream<JavaClass> types(JavaMember member) {
    Set<JavaClass> used = new HashSet<>();
    if (member instanceof JavaCodeUnit code) {
      code.getParameterTypes().forEach(type -> used.addAll(type.getAllInvolvedRawTypes()));
      code.getExceptionTypes().forEach(used::add);
      used.addAll(code.getReturnType().getAllInvolvedRawTypes());
    } else {
      JavaType type = ((JavaField) member).getType();
      used.addAll(type.getAllInvolvedRawTypes());
    }
    return used.stream().map(JavaClass::getBaseComponentType);
  }

  private static boolean isKnown(JavaClass type, Set<String> exported) {
    return type.isPrimitive() || !type.getPackageName().startsWith("org.teenygrad")
        || exported.contains(type.getPackageName()) && (type.getModifiers().contains(JavaModifier.PUBLIC) || type.getModifiers().contains(JavaModifier.PROTECTED));
  }
}
