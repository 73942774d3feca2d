package org.teenygrad.engine.runtime.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// NVIDIA's assembler, where it is installed: it says what a kernel takes of a GPU, without one.
public record Ptxas(Path program) {
  private static final Pattern KERNEL = Pattern.compile("Compiling entry function '(\\w+)'");
  private static final Pattern MEMORY = Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
  private static final Pattern LOSS = Pattern.compile("Potential Performance Loss: (.*?)(?: in the function '(\\w+)')?$");
  private static final String WHOLE_FILE = "a whole file";
  private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");

  /// What a kernel takes.
  ///
  /// @param stackBytes of each thread, in the GPU's main memory
  /// @param spilledBytes of registers stored there and loaded again, by each thread
  /// @param losses what keeps it from being as fast as it was written to be: products that wait for one another, registers that are not moved
  public record Usage(int registers, int stackBytes, int spilledBytes, List<String> losses) {}

  public static Optional<Ptxas> find() {
    return Stream.of("/usr/local/cuda/bin", "/usr/local/bin", "/usr/bin").map(place -> Path.of(place, "ptxas")).filter(Files::isExecutable).findFirst().map(Ptxas::new);
  }

  /// Assembles kernels, two at a time.
  ///
  /// @param processor `sm_80`, `sm_90a`
  /// @param texts PTX by the name of its kernel
  /// @param folder an empty one
  /// @throws IllegalArgumentException with its message if ptxas takes offence
  public Map<String, Usage> assemble(String processor, Map<String, String> texts, Path folder) throws IOException, InterruptedException {
    List<List<String>> commands = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      commands.add(new ArrayList<>(List.of(program.toString(), "-v", "-arch=" + processor, "-o", "/dev/null")));
    }
    int number = 0;
    // The longest first, so that both have as much to do.
    List<Map.Entry<String, String>> longestFirst = texts.entrySet().stream().sorted(Comparator.comparingInt(text -> -text.getValue().length())).toList();
    for (Map.Entry<String, String> text : longestFirst) {
      commands.get(number++ % commands.size()).add(Files.writeString(folder.resolve(text.getKey() + ".ptx"), text.getValue()).toString());
    }
    List<Path> outputs = new ArrayList<>();
    List<Process> processes = new ArrayList<>();
    for (List<String> command : commands) {
      if (command.getLast().endsWith(".ptx")) {
        Path output = folder.resolve("output" + outputs.size());
        outputs.add(output);
        processes.add(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start());
      }
    }
    Map<String, Usage> usages = new LinkedHashMap<>();
    for (int i = 0; i < processes.size(); i++) {
      int status = processes.get(i).waitFor();
      List<String> lines = Files.readAllLines(outputs.get(i), StandardCharsets.UTF_8);
      if (status != 0) {
        throw new IllegalArgumentException("ptxas ends with " + status + ": " + String.join("\n", lines));
      }
      read(lines, usages);
    }
    return usages;
  }

  private static void read(List<String> lines, Map<String, Usage> usages) {
    String kernel = "";
    int stack = 0;
    int spilled = 0;
    Map<String, List<String>> losses = new LinkedHashMap<>();
    for (String line : lines) {
      Matcher loss = LOSS.matcher(line);
      Matcher name = KERNEL.matcher(line);
      Matcher memory = MEMORY.matcher(line);
      Matcher registers = REGISTERS.matcher(line);
      if (loss.find()) {
        losses.computeIfAbsent(loss.group(2) == null ? WHOLE_FILE : loss.group(2), function -> new ArrayList<>()).add(loss.group(1));
      } else if (name.find()) {
        kernel = name.group(1);
      } else if (memory.find()) {
        stack = Integer.parseInt(memory.group(1));
        spilled = Integer.parseInt(memory.group(2)) + Integer.parseInt(memory.group(3));
      } else if (registers.find()) {
        usages.put(kernel, new Usage(Integer.parseInt(registers.group(1)), stack, spilled, List.of()));
      }
    }
    losses.forEach((function, all) -> {
      if (!usages.containsKey(function)) {
        throw new IllegalArgumentException("ptxas says of " + function + ": " + String.join("; ", all));
      }
      usages.computeIfPresent(function, (name, usage) -> new Usage(usage.registers, usage.stackBytes, usage.spilledBytes, List.copyOf(all)));
    });
  }
}
