package org.teenygrad.nn;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// Finds what a module is made of by reflection, and walks the tree of modules.
final class Parts {
  /// What is done with each tensor and each module of a tree.
  interface Visitor {
    default void tensor(String name, Tensor tensor) {}

    default void module(String name, Module module) {}
  }

  private Parts() {}

  /// The record components, or else the fields from the topmost class down, that are not null.
  static Map<String, Object> of(Module module) {
    Class<?> type = module.getClass();
    Map<String, Object> parts = new LinkedHashMap<>();
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        if (mayHoldTensors(component.getType())) {
          put(parts, component.getName(), read(module, component));
        }
      }
    } else if (!type.isHidden()) { // a lambda is a function: it has no parts
      Deque<Class<?>> classes = new ArrayDeque<>();
      for (Class<?> c = type; c != null && Module.class.isAssignableFrom(c); c = c.getSuperclass()) {
        classes.push(c);
      }
      for (Class<?> c : classes) {
        for (Field field : c.getDeclaredFields()) {
          if (!Modifier.isStatic(field.getModifiers())
              && !Modifier.isTransient(field.getModifiers())
              && !field.isSynthetic()
              && mayHoldTensors(field.getType())) {
            put(parts, field.getName(), read(module, field));
          }
        }
      }
    }
    return parts;
  }

  /// Parts under names of another's choice: a name and a part in turn, null for what is absent.
  static Map<String, Object> named(@Nullable Object... namesAndParts) {
    Map<String, Object> parts = new LinkedHashMap<>();
    for (int i = 0; i < namesAndParts.length; i += 2) {
      put(parts, String.valueOf(namesAndParts[i]), namesAndParts[i + 1]);
    }
    return parts;
  }

  private static boolean mayHoldTensors(Class<?> type) {
    return !type.isPrimitive() && type != String.class;
  }

  private static void put(Map<String, Object> parts, String name, @Nullable Object value) {
    if (value instanceof Tensor || value instanceof Module || value instanceof Iterable<?> || value instanceof Map<?, ?>) {
      parts.put(name, value);
    }
  }

  static @Nullable Object read(Module module, RecordComponent component) {
    open(component.getAccessor(), module);
    try {
      return component.getAccessor().invoke(module);
    } catch (IllegalAccessException e) {
      throw closed(module, e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(component.getName() + " of " + module.getClass().getName() + " failed", e.getCause());
    }
  }

  private static @Nullable Object read(Module module, Field field) {
    open(field, module);
    try {
      return field.get(module);
    } catch (IllegalAccessException e) {
      throw closed(module, e);
    }
  }

  private static void open(AccessibleObject member, Module module) {
    if (!member.trySetAccessible()) {
      throw closed(module, null);
    }
  }

  private static IllegalStateException closed(Module module, @Nullable Throwable cause) {
    Class<?> type = module.getClass();
    return new IllegalStateException(
        String.format(Locale.ROOT,
            "the parts of %s cannot be read: write `opens %s to %s;` in the module-info of %s, or override parts()",
            type.getName(), type.getPackageName(), Module.class.getModule().getName(), type.getModule().getName()),
        cause);
  }

  /// Shows every tensor and module of a tree to the visitor, in order, with its dotted name.
  static void walk(String name, Object part, Visitor visitor) {
    walk(name, part, visitor, new ArrayDeque<>());
  }

  private static void walk(String name, Object part, Visitor visitor, Deque<Module> path) {
    switch (part) {
      case Tensor tensor -> visitor.tensor(name, tensor);
      case Module module -> {
        for (Module above : path) {
          if (above == module) {
            throw new IllegalStateException("module " + name + " contains itself");
          }
        }
        visitor.module(name, module);
        path.push(module);
        module.parts().forEach((key, value) -> walk(join(name, key), value, visitor, path));
        path.pop();
      }
      case Map<?, ?> map -> map.forEach((key, value) -> walk(join(name, String.valueOf(key)), value, visitor, path));
      case Iterable<?> list -> {
        int i = 0;
        for (Object element : list) {
          walk(join(name, Integer.toString(i++)), element, visitor, path);
        }
      }
      default -> {}
    }
  }

  private static String join(String prefix, String name) {
    return prefix.isEmpty() ? name : prefix + "." + name;
  }
}
