package org.teenygrad.engine.runtime.cuda.simulated;

/// A type of LLVM: a scalar or a vector of it; an array, and a structure of equal members, is as many lanes.
///
/// @param text as it is written
/// @param scalar `i32`, `float`, `ptr`
/// @param space the address space of a pointer
/// @param bits of a lane
record Type(String text, String scalar, int lanes, int space, int bits) {
  private Type(String text, String scalar, int lanes, int space) {
    this(text, scalar, lanes, space, bits(scalar));
  }

  /// The type at the start of a text.
  static Type first(String text) {
    int end = 0;
    if (text.charAt(0) == '<' || text.charAt(0) == '[' || text.charAt(0) == '{') {
      int depth = 0;
      do {
        char c = text.charAt(end++);
        depth += c == '<' || c == '[' || c == '{' ? 1 : c == '>' || c == ']' || c == '}' ? -1 : 0;
      } while (depth > 0);
    } else if (text.startsWith("ptr addrspace(")) {
      end = text.indexOf(')') + 1;
    } else {
      while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != ',' && text.charAt(end) != ')') {
        end++;
      }
    }
    return of(text.substring(0, end));
  }

  static Type of(String text) {
    if (text.charAt(0) == '{') {
      String[] parts = text.substring(2, text.length() - 2).split(", ", -1);
      return new Type(text, of(parts[0]).scalar, parts.length, 0);
    }
    if (text.charAt(0) == '<' || text.charAt(0) == '[') {
      String[] parts = text.substring(1, text.length() - 1).split(" x ", 2);
      Type element = of(parts[1]);
      return new Type(text, element.scalar, Integer.parseInt(parts[0]), element.space);
    }
    if (text.startsWith("ptr")) {
      return new Type(text, "ptr", 1, text.equals("ptr") ? 0 : Integer.parseInt(text.substring(14, text.indexOf(')'))));
    }
    return new Type(text, text, 1, 0);
  }

  /// As many lanes of another type.
  Type withScalar(Type other) {
    return new Type(text, other.scalar, lanes, other.space);
  }

  private static int bits(String scalar) {
    return switch (scalar) {
      case "float" -> 32;
      case "double", "ptr" -> 64;
      case "half", "bfloat" -> 16;
      default -> Integer.parseInt(scalar.substring(1));
    };
  }

  /// Of one lane in memory.
  int bytes() {
    return Math.max(1, bits / 8);
  }

  long mask() {
    return bits == 64 ? -1L : (1L << bits) - 1;
  }

  long signed(long value) {
    int shift = 64 - bits;
    return value << shift >> shift;
  }
}
