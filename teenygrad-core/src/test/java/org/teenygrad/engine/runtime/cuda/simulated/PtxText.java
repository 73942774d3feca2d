package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.Arrays;
import java.util.regex.Pattern;

/// Inline PTX that a thread executes by itself and that gives no value.
final class PtxText {
  private static final Pattern NUMBER = Pattern.compile("(?<![\\w$.])\\d+(?![\\w.])");
  private static final Pattern DIMENSIONS = Pattern.compile("\\.tensor\\.(\\d)d\\.");

  private PtxText() {}

  /// Numbers that stand in a text for themselves.
  static int[] numbers(String text) {
    return NUMBER.matcher(text).results().mapToInt(found -> Integer.parseInt(found.group())).toArray();
  }

  /// @param name the text, after `asm`
  /// @throws IllegalArgumentException if no meaning is known of it
  static Step step(String name, Operand[] operands) {
    String text = name.startsWith("asm ") ? name.substring(4) : name;
    int[] places = Arrays.stream(operands).mapToInt(Operand::place).toArray();
    int[] numbers = numbers(text);
    // What changes when an instruction is executed, not what it computes.
    if (text.startsWith("griddepcontrol.launch_dependents") || text.startsWith("setmaxnreg") || text.startsWith("fence.mbarrier_init")) {
      return _ -> {};
    }
    if (text.startsWith("griddepcontrol.wait")) {
      return thread -> thread.launchesAwaited = true;
    }
    if (text.startsWith("fence.proxy.async")) {
      return thread -> thread.fences++;
    }
    if (text.startsWith("mbarrier.init.shared::cta")) {
      return thread -> thread.block.initialize(thread.registers[places[0]], numbers[0]);
    }
    if (text.startsWith("mbarrier.arrive.expect_tx.shared::cta")) {
      return thread -> {
        Mbarrier mbarrier = thread.block.mbarrier(thread.registers[places[0]]);
        mbarrier.expect(thread.registers[places[1]]);
        mbarrier.arrive();
      };
    }
    if (text.startsWith("mbarrier.arrive.shared::cta")) {
      return thread -> thread.block.mbarrier(thread.registers[places[0]]).arrive();
    }
    if (text.contains("mapa.shared::cluster.u32 there, $0, $1; mbarrier.arrive.shared::cluster.b64 _, [there];")) {
      return thread -> thread.block.cluster.block(thread.registers[places[1]]).ofCluster(thread.registers[places[0]]).arrive();
    }
    if (text.startsWith("cp.async.bulk.tensor.")) {
      return bulkCopy(text, places);
    }
    throw new IllegalArgumentException("no meaning is known of " + name);
  }

  private static Step bulkCopy(String text, int[] places) {
    int dimensions = DIMENSIONS.matcher(text).results().mapToInt(found -> Integer.parseInt(found.group(1))).findFirst().orElseThrow();
    int offsets = text.contains(".im2col") ? dimensions - 2 : 0;
    boolean multicast = text.contains(".multicast::cluster");
    int mask = multicast ? places[places.length - 1] : -1;
    return thread -> {
      long[] registers = thread.registers;
      int[] coordinates = new int[dimensions];
      for (int i = 0; i < dimensions; i++) {
        coordinates[i] = (int) registers[places[3 + i]];
      }
      int[] places16 = new int[offsets];
      for (int i = 0; i < offsets; i++) {
        places16[i] = (int) registers[places[3 + dimensions + i]] & 0xFFFF;
      }
      BulkCopy copy = thread.block.launch.copy(thread, registers[places[1]], coordinates, places16);
      thread.block.cluster.start(copy, thread.block, registers[places[0]], registers[places[2]], mask < 0 ? 1 << thread.block.rank : (int) registers[mask]);
    };
  }
}
