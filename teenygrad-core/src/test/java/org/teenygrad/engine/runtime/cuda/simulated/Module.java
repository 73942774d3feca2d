package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A kernel's LLVM IR, taken apart once: blocks of instructions over the numbered lanes of a thread's registers, among which are its constants.
final class Module {
  private static final Pattern GLOBAL = Pattern.compile("@(\\w+) = internal (?:unnamed_addr )?addrspace\\(3\\) global \\[(\\d+) x (\\w+)].*");
  private static final Pattern TABLE = Pattern.compile("@(\\w+) = internal unnamed_addr addrspace\\(4\\) constant \\[(\\d+) x i64] \\[(.*)]");
  private static final Pattern CLUSTER = Pattern.compile("\"cluster_dim_x\", i32 (\\d+)");
  private static final String ALLOWED = "^((nuw|nsw|exact|nnan|contract|reassoc|fast|arcp|disjoint) )+";

  /// @param incoming for each predecessor's label the operand
  private record Phi(Operand result, Map<String, Operand> incoming) {}

  /// Instructions that are executed one after the other.
  static final class Code {
    Instruction[] instructions = new Instruction[0];

    /// What a thread does for each; null where it has to wait.
    @Nullable Step[] steps = new Step[0];

    /// The register that decides where it goes on, or -1.
    int condition = -1;

    boolean returns;
    private @Nullable Edge next;
    private @Nullable Edge otherwise;
    private final List<Phi> phis = new ArrayList<>();
    private final List<Instruction> read = new ArrayList<>();
    private final List<String> successors = new ArrayList<>();

    Edge next() {
      return Objects.requireNonNull(next);
    }

    Edge otherwise() {
      return Objects.requireNonNull(otherwise);
    }
  }

  /// The way to another block, and what its registers get.
  record Edge(Code target, int[] from, int[] to) {}

  final Code entry;

  /// Where a kernel's parameters are in registers.
  final Map<String, Integer> parameters = new LinkedHashMap<>();

  final List<Long> tables = new ArrayList<>();

  /// Blocks of a cluster.
  final int cluster;

  /// Whether it waits by itself for the launches that it depends on.
  final boolean awaitsLaunches;

  private final Map<String, Code> blocks = new LinkedHashMap<>();
  private final Map<String, Operand> registers = new HashMap<>();
  private final Map<String, Operand> constants = new HashMap<>();
  private final List<Integer> sharedAddresses = new ArrayList<>();

  /// Where static arrays begin in shared memory, and tables of constants in theirs.
  private final Map<String, Long> globals = new HashMap<>();

  private long[] initial = new long[256];
  private int places;
  private int sharedBytes;

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
    blocks.forEach(this::link);
    entry = block("entry");
    Matcher blocksOfCluster = CLUSTER.matcher(source);
    cluster = blocksOfCluster.find() ? Integer.parseInt(blocksOfCluster.group(1)) : 1;
    awaitsLaunches = source.contains("griddepcontrol.wait");
  }

  private Code block(String label) {
    return Objects.requireNonNull(blocks.get(label), label);
  }

  private void link(String label, Code code) {
    code.instructions = code.read.toArray(Instruction[]::new);
    code.steps = code.read.stream().map(Instruction::step).toArray(Step[]::new);
    code.next = code.returns ? null : edge(label, code.successors.getFirst());
    code.otherwise = code.condition < 0 ? null : edge(label, code.successors.getLast());
  }

  private Edge edge(String from, String to) {
    Code target = block(to);
    int[] sources = target.phis.stream().flatMapToInt(phi -> lanes(Objects.requireNonNull(phi.incoming.get(from), () -> to + " from " + from))).toArray();
    return new Edge(target, sources, target.phis.stream().flatMapToInt(phi -> lanes(phi.result)).toArray());
  }

  private static IntStream lanes(Operand operand) {
    return IntStream.range(operand.place(), operand.place() + operand.type().lanes());
  }

  /// A thread's registers before its first instruction.
  /// @param base where the shared memory of its block begins
  long[] registers(long base) {
    long[] all = Arrays.copyOf(initial, places);
    sharedAddresses.forEach(place -> all[place] += base);
    return all;
  }

  /// Where dynamic shared memory begins.
  int dynamicShared() {
    return sharedBytes + 1023 & -1024;
  }

  private long global(String name) {
    long place = Objects.requireNonNull(globals.get(name), name);
    return place == -1 ? dynamicShared() : place;
  }

  private Operand place(Type type) {
    Operand operand = new Operand(type, places);
    places += type.lanes();
    initial = places > initial.length ? Arrays.copyOf(initial, 2 * places) : initial;
    return operand;
  }

  private void parseParameters(String line) {
    for (String word : line.substring(line.indexOf('(')).split("[ ,)]+", -1)) {
      if (word.startsWith("%")) {
        parameters.put(word, register(Type.of("i64"), word).place());
      }
    }
  }

  private Operand register(Type type, String name) {
    Operand known = registers.get(name);
    if (known == null) {
      known = place(type);
      registers.put(name, known);
    }
    return new Operand(type, known.place());
  }

  private void parse(String line, Code code) {
    if (line.startsWith("br label")) {
      code.successors.add(line.substring(line.indexOf('%') + 1));
    } else if (line.startsWith("br i1")) {
      String[] parts = line.substring(6).split(", label %", -1);
      code.condition = operand(Type.of("i1"), parts[0]).place();
      code.successors.addAll(List.of(parts[1], parts[2]));
    } else if (line.startsWith("ret")) {
      code.returns = true;
    } else {
      int equals = line.startsWith("%") ? line.indexOf(" = ") : -1;
      instruction(equals < 0 ? line : line.substring(equals + 3), equals < 0 ? null : line.substring(0, equals), code);
    }
  }

  private void instruction(String text, @Nullable String result, Code code) {
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
        code.phis.add(new Phi(register(type, Objects.requireNonNull(result)), incoming));
      }
      case "call" -> call(rest, result, code, text);
      case "icmp", "fcmp" -> {
        String predicate = rest.substring(0, rest.indexOf(' '));
        String operands = rest.substring(predicate.length() + 1);
        typed(name + " " + predicate, operands, Type.first(operands).withScalar(Type.of("i1")), result, code, text);
      }
      case "zext", "sext", "trunc", "bitcast", "fpext", "fptrunc", "sitofp", "uitofp", "fptosi", "fptoui", "ptrtoint" -> {
        Type from = Type.first(rest);
        int at = rest.lastIndexOf(" to ");
        Type to = Type.of(rest.substring(at + 4));
        add(code, name, from, to, to, result, List.of(operand(from, rest.substring(from.text().length() + 1, at))), text);
      }
      case "select", "insertelement", "extractelement", "shufflevector", "store" -> {
        List<Operand> operands = operands(rest);
        Type first = operands.getFirst().type();
        Type value = switch (name) {
          case "select" -> operands.get(1).type();
          case "extractelement" -> Type.of(first.scalar());
          case "shufflevector" -> operands.get(2).type().withScalar(first);
          default -> first;
        };
        add(code, name, first, first, value, result, operands, text);
      }
      case "load" -> {
        Type loaded = Type.first(rest);
        add(code, name, loaded, loaded, loaded, result, operands(rest.substring(loaded.text().length() + 2)), text);
      }
      case "getelementptr" -> {
        String plain = rest.startsWith("inbounds ") ? rest.substring(9) : rest;
        Type element = Type.first(plain);
        List<Operand> operands = operands(plain.substring(element.text().length() + 2));
        add(code, name, element, element, operands.getFirst().type(), result, operands, text);
      }
      case "extractvalue" -> {
        Type type = Type.first(rest);
        List<String> parts = split(rest.substring(type.text().length() + 1));
        add(code, "extractelement", type, type, Type.of(type.scalar()), result, List.of(operand(type, parts.get(0)), operand(Type.of("i64"), parts.get(1))), text);
      }
      default -> {
        String plain = rest.replaceAll(ALLOWED, "");
        typed(name, plain, Type.first(plain), result, code, text);
      }
    }
  }

  /// One type for all operands.
  private void typed(String name, String rest, Type value, @Nullable String result, Code code, String text) {
    Type type = Type.first(rest);
    List<Operand> operands = split(rest.substring(type.text().length() + 1)).stream().map(part -> operand(type, part)).toList();
    add(code, name, type, type, value, result, operands, text);
  }

  /// A type before each operand.
  private List<Operand> operands(String text) {
    return text.isEmpty() ? List.of() : split(text).stream().filter(part -> !part.startsWith("align")).map(part -> {
      Type own = Type.first(part);
      return operand(own, part.substring(own.text().length() + 1));
    }).toList();
  }

  private void call(String rest, @Nullable String result, Code code, String text) {
    Type type = rest.startsWith("void ") ? Type.of("i1") : Type.first(rest);
    boolean ptx = rest.contains(" asm ");
    int open = ptx ? rest.lastIndexOf("\"(") + 1 : rest.indexOf('(', rest.indexOf('@'));
    String name = ptx ? "asm " + rest.split("\"", -1)[1] : rest.substring(rest.indexOf('@'), open);
    List<Operand> operands = operands(rest.substring(open + 1, rest.length() - 1));
    add(code, name, type, operands.isEmpty() ? type : operands.getFirst().type(), type, result, operands, text);
  }

  /// @param type of what is computed, loaded, or converted, more a second one, value that of the result
  private void add(Code code, String name, Type type, Type more, Type value, @Nullable String result, List<Operand> operands, String text) {
    Operand given = result == null ? null : register(value, result);
    Operand[] all = operands.toArray(Operand[]::new);
    Instruction.Meeting meeting = Instruction.Meeting.of(name);
    Step step = meeting == Instruction.Meeting.NONE ? Steps.step(name, type, more, given, all, text) : null;
    int[] numbers = name.startsWith("asm ") ? PtxText.numbers(name) : new int[0];
    code.read.add(new Instruction(name, given, all, text, meeting, step, numbers, meeting == Instruction.Meeting.WARPGROUP ? WgmmaText.of(text) : null));
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
    return text.startsWith("%") ? register(type, text) : constants.computeIfAbsent(type.text() + " " + text, any -> constant(type, text));
  }

  private Operand constant(Type type, String text) {
    Operand operand = place(type);
    int at = operand.place();
    if (text.startsWith("splat (")) {
      String inner = text.substring(7, text.length() - 1);
      Arrays.fill(initial, at, at + type.lanes(), scalar(type, inner.substring(inner.indexOf(' ') + 1)));
    } else if (text.startsWith("<")) {
      List<String> parts = split(text.substring(1, text.length() - 1));
      for (int i = 0; i < type.lanes(); i++) {
        initial[at + i] = scalar(type, parts.get(i).substring(parts.get(i).indexOf(' ') + 1));
      }
    } else {
      Arrays.fill(initial, at, at + type.lanes(), scalar(type, text));
    }
    if (text.startsWith("@") && type.space() == 3) {
      sharedAddresses.add(at);
    }
    return operand;
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
          yield Floating.of(type.scalar()).bits(value);
        }
        yield Long.parseLong(text) & type.mask();
      }
    };
  }
}
