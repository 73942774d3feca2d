package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A kernel's LLVM IR, taken apart once: blocks of instructions over numbered registers.
final class Module {
  private static final Pattern GLOBAL = Pattern.compile("@(\\w+) = internal (?:unnamed_addr )?addrspace\\(3\\) global \\[(\\d+) x (\\w+)].*");
  private static final Pattern TABLE = Pattern.compile("@(\\w+) = internal unnamed_addr addrspace\\(4\\) constant \\[(\\d+) x i64] \\[(.*)]");

  /// @param name of the operation, with its predicate
  /// @param result the register that gets the value, or -1
  /// @param type of the value, or of what is stored, compared or converted
  /// @param more a second type: of a conversion's result, of an index
  /// @param waits whether threads have to meet there
  /// @param alignment of the address, in bytes
  record Instruction(String name, int result, Type type, Type more, Operand[] operands, String text, boolean waits, int alignment) {
    Instruction(String name, int result, Type type, Type more, Operand[] operands, String text) {
      this(name, result, type, more, operands, text, isBarrier(name) || name.contains(".shfl.") || name.contains("ballot") || name.contains("bar.warp") || name.contains(".mma.") || name.contains("mma.sync") || name.contains("ldmatrix"),
          text.contains(", align ") ? Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1)) : type.bytes());
    }

    boolean isBarrier() {
      return isBarrier(name);
    }

    private static boolean isBarrier(String name) {
      return name.startsWith("@llvm.nvvm.barrier");
    }
  }

  /// @param register the register it is in, or -1 for a constant
  record Operand(Type type, int register, long[] constant) {}

  /// @param incoming for each predecessor's label the operand
  record Phi(int result, Map<String, Operand> incoming) {}

  static final class Code {
    final List<Phi> phis = new ArrayList<>();
    final List<Instruction> instructions = new ArrayList<>();
    String next = "";
    String otherwise = "";
    @Nullable Operand condition;
    boolean returns;
  }

  final Map<String, Code> blocks = new HashMap<>();
  final Map<String, Integer> registers = new HashMap<>();
  final List<String> parameters = new ArrayList<>();
  /// Where static arrays begin in shared memory, and tables of constants in theirs.
  final Map<String, Long> globals = new HashMap<>();
  final List<Long> tables = new ArrayList<>();
  int sharedBytes;

  Module(String source) {
    Code code = null;
    for (String raw : source.split("\n", -1)) {
      String line = raw.strip();
      Matcher global = GLOBAL.matcher(line);
      Matcher table = TABLE.matcher(line);
      if (global.matches()) {
        globals.put(global.group(1), (long) sharedBytes);
        sharedBytes += Integer.parseInt(global.group(2)) * Type.of(global.group(3)).bytes() + 15 & -16;
      } else if (table.matches()) {
        globals.put(table.group(1), 8L * tables.size());
        for (String number : table.group(3).split(",", -1)) {
          tables.add(Long.parseLong(number.strip().substring(4)));
        }
      } else if (line.startsWith("@shared = ")) {
        globals.put("shared", -1L);
      } else if (line.startsWith("define")) {
        parseParameters(line);
      } else if (line.equals("}")) {
        code = null;
      } else if (line.endsWith(":") && !line.contains(" ")) {
        code = new Code();
        blocks.put(line.substring(0, line.length() - 1), code);
      } else if (code != null && !line.isEmpty()) {
        parse(line, code);
      }
    }
  }

  /// Where dynamic shared memory begins.
  int dynamicShared() {
    return sharedBytes + 1023 & -1024;
  }

  long global(String name) {
    long place = Objects.requireNonNull(globals.get(name), name);
    return place == -1 ? dynamicShared() : place;
  }

  private void parseParameters(String line) {
    for (String word : line.substring(line.indexOf('(')).split("[ ,)]+", -1)) {
      if (word.startsWith("%")) {
        parameters.add(word);
        register(word);
      }
    }
  }

  int register(String name) {
    return registers.computeIfAbsent(name, n -> registers.size());
  }

  private void parse(String line, Code code) {
    if (line.startsWith("br label")) {
      code.next = line.substring(line.indexOf('%') + 1);
    } else if (line.startsWith("br i1")) {
      String[] parts = line.substring(6).split(", label %", -1);
      code.condition = operand(Type.of("i1"), parts[0]);
      code.next = parts[1];
      code.otherwise = parts[2];
    } else if (line.startsWith("ret")) {
      code.returns = true;
    } else {
      int equals = line.startsWith("%") ? line.indexOf(" = ") : -1;
      int result = equals < 0 ? -1 : register(line.substring(0, equals));
      instruction(equals < 0 ? line : line.substring(equals + 3), result, code);
    }
  }

  private void instruction(String text, int result, Code code) {
    String name = text.substring(0, text.indexOf(' '));
    String rest = text.substring(name.length() + 1);
    switch (name) {
      case "phi" -> {
        Type type = Type.first(rest);
        Map<String, Operand> incoming = new HashMap<>();
        for (String pair : rest.substring(type.text().length()).split("],", -1)) {
          String[] parts = pair.replace("[", "").replace("]", "").strip().split(", %", -1);
          incoming.put(parts[1].strip(), operand(type, parts[0].strip()));
        }
        code.phis.add(new Phi(result, incoming));
      }
      case "call" -> call(rest, result, code, text);
      case "icmp", "fcmp" -> {
        String predicate = rest.substring(0, rest.indexOf(' '));
        typed(name + " " + predicate, rest.substring(predicate.length() + 1), result, code, text);
      }
      case "zext", "sext", "trunc", "bitcast", "fpext", "fptrunc", "sitofp", "uitofp", "fptosi", "fptoui" -> {
        Type from = Type.first(rest);
        int to = rest.lastIndexOf(" to ");
        code.instructions.add(new Instruction(name, result, from, Type.of(rest.substring(to + 4)),
            new Operand[] {operand(from, rest.substring(from.text().length() + 1, to))}, text));
      }
      case "select", "insertelement", "extractelement", "shufflevector", "store", "load" -> several(name, rest, result, code, text);
      case "getelementptr" -> {
        String plain = rest.startsWith("inbounds ") ? rest.substring(9) : rest;
        Type element = Type.first(plain);
        several(name, plain.substring(element.text().length() + 2), element, result, code, text);
      }
      case "extractvalue" -> {
        Type type = Type.first(rest);
        List<String> parts = split(rest.substring(type.text().length() + 1));
        Type index = Type.of("i64");
        code.instructions.add(new Instruction("extractelement", result, type, type, new Operand[] {operand(type, parts.get(0)), operand(index, parts.get(1))}, text));
      }
      default -> typed(name, rest.replaceAll("^((nuw|nsw|exact|nnan|contract|reassoc|fast|arcp|disjoint) )+", ""), result, code, text);
    }
  }

  /// One type for all operands.
  private void typed(String name, String rest, int result, Code code, String text) {
    Type type = Type.first(rest);
    Operand[] operands = split(rest.substring(type.text().length() + 1)).stream().map(part -> operand(type, part)).toArray(Operand[]::new);
    code.instructions.add(new Instruction(name, result, type, type, operands, text));
  }

  /// A type before each operand.
  private void several(String name, String rest, int result, Code code, String text) {
    Type loaded = Type.first(rest);
    boolean load = name.equals("load");
    several(name, load ? rest.substring(loaded.text().length() + 2) : rest, loaded, result, code, text);
  }

  private void several(String name, String rest, Type type, int result, Code code, String text) {
    List<Operand> operands = new ArrayList<>();
    for (String part : split(rest)) {
      if (!part.startsWith("align")) {
        Type own = Type.first(part);
        operands.add(operand(own, part.substring(own.text().length() + 1)));
      }
    }
    code.instructions.add(new Instruction(name, result, type, operands.getFirst().type, operands.toArray(Operand[]::new), text));
  }

  private void call(String rest, int result, Code code, String text) {
    Type type = rest.startsWith("void ") ? Type.of("i1") : Type.first(rest);
    int at = rest.indexOf('@');
    if (rest.contains(" asm ")) {
      int quote = rest.indexOf('"') + 1;
      String name = "asm " + rest.substring(quote, rest.indexOf('"', quote));
      several(name, rest.substring(rest.lastIndexOf('(') + 1, rest.length() - 1), type, result, code, text);
      return;
    }
    String name = rest.substring(at + 1, rest.indexOf('(', at));
    String arguments = rest.substring(rest.indexOf('(', at) + 1, rest.length() - 1);
    if (arguments.isEmpty()) {
      code.instructions.add(new Instruction("@" + name, result, type, type, new Operand[0], text));
    } else {
      several("@" + name, arguments, type, result, code, text);
    }
  }

  /// What stands between commas outside brackets.
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '<' || c == '(' || c == '[') {
        depth++;
      } else if (c == '>' || c == ')' || c == ']') {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(text.substring(start, i).strip());
        start = i + 1;
      }
    }
    parts.add(text.substring(start).strip());
    return parts;
  }

  private Operand operand(Type type, String text) {
    return text.startsWith("%") ? new Operand(type, register(text), new long[0]) : new Operand(type, -1, constant(type, text));
  }

  private long[] constant(Type type, String text) {
    long[] lanes = new long[type.lanes()];
    if (text.startsWith("splat (")) {
      String inner = text.substring(7, text.length() - 1);
      java.util.Arrays.fill(lanes, scalar(type, inner.substring(inner.indexOf(' ') + 1)));
    } else if (text.startsWith("<")) {
      List<String> parts = split(text.substring(1, text.length() - 1));
      for (int i = 0; i < lanes.length; i++) {
        lanes[i] = scalar(type, parts.get(i).substring(parts.get(i).indexOf(' ') + 1));
      }
    } else {
      java.util.Arrays.fill(lanes, scalar(type, text));
    }
    return lanes;
  }

  private long scalar(Type type, String text) {
    return switch (text) {
      case "poison", "undef" -> 0x5A5A5A5A5A5A5A5AL & type.mask();
      case "zeroinitializer", "false", "null" -> 0;
      case "true" -> 1;
      default -> {
        if (text.startsWith("@")) {
          yield global(text.substring(1));
        }
        if (text.startsWith("0x") || text.contains(".")) {
          double value = text.contains(".") ? Double.parseDouble(text) : Double.longBitsToDouble(Long.parseUnsignedLong(text.substring(2), 16));
          yield type.scalar().equals("double") ? Double.doubleToRawLongBits(value) : Float.floatToRawIntBits((float) value) & 0xFFFFFFFFL;
        }
        yield Long.parseLong(text) & type.mask();
      }
    };
  }
}
