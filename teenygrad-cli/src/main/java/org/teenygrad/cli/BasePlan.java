package org.teenygrad.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.MemoryBudget;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.nanochat.base.MemoryPlan;
import org.teenygrad.nanochat.base.TrainingPlan;
import org.teenygrad.nanochat.model.ParameterCounts;

/// What a base training will be, and what it takes of a device.
record BasePlan(TrainingPlan plan, Device device) {
  /// What the training is, before anything is known of a device.
  static void describe(PrintStream screen, TrainingPlan plan, long done) {
    ParameterCounts counts = plan.config().parameterCounts();
    screen.printf(Locale.ROOT, "model: %d blocks of %d, %d heads, context %d, %,d tokens in the vocabulary%n", plan.config().nLayer(),
        plan.config().nEmbd(), plan.config().nHead(), plan.config().sequenceLen(), plan.config().vocabSize());
    screen.printf(Locale.ROOT, "parameters: %,d; token embeddings %,d, value embeddings %,d, blocks %,d, head %,d%n", counts.total(), counts.wte(),
        counts.valueEmbeds(), counts.transformerMatrices(), counts.lmHead());
    screen.printf(Locale.ROOT, "training: iterations %d to %,d, %,d tokens each (%d x %d x %d), %,d in all; %.3g FLOPs a token, %.3g in all%n", done,
        plan.iterations(), plan.totalBatchSize(), plan.accumulatedBatches(), plan.settings().deviceBatchSize(), plan.settings().maxSeqLen(),
        plan.iterations() * plan.totalBatchSize(), (double) plan.config().flopsPerToken(), plan.flops());
    screen.printf(Locale.ROOT, "learning rates times %.4f for the batch, weight decay %.4f%n", plan.learningRateScale(), plan.weightDecay());
  }

  /// Says all of it, with how long it takes at least.
  /// @return the exit status
  int say(PrintStream screen, boolean json) {
    screen.println("device: " + device);
    describe(screen, plan, 0);
    MemoryPlan memory = MemoryPlan.of(plan, device);
    long room = room();
    screen.println(line(memory, room));
    if (memory.bytes() > room) {
      screen.println(whatWouldFit(room));
    }
    OptionalDouble rate = plan.matmulFlopsPerSecond(device);
    rate.ifPresent(flops -> screen.printf(Locale.ROOT,
        "time: %s at least: all FLOPs at the %.3g a second at which %s multiplies large matrices of %s, measured just now%n",
        ProgressPrinter.duration(plan.flops() / flops), flops, device, plan.settings().dtype()));
    if (json) {
      Map<String, @Nullable Object> facts = new LinkedHashMap<>();
      facts.put("parameters", plan.config().parameterCounts().total());
      facts.put("flops", plan.flops());
      facts.put("memoryBytes", memory.bytes());
      facts.put("roomBytes", room == Long.MAX_VALUE ? null : room);
      facts.put("leastSeconds", rate.isPresent() ? plan.flops() / rate.getAsDouble() : null);
      System.out.println(JsonText.oneLine(facts));
    }
    return 0;
  }

  /// Says how much memory the training takes.
  /// @throws OutOfMemoryException if that cannot be had; says what would fit
  void requireRoom(PrintStream screen) {
    MemoryPlan memory = MemoryPlan.of(plan, device);
    long room = room();
    screen.println(line(memory, room));
    if (memory.bytes() > room) {
      throw new OutOfMemoryException(String.format(Locale.ROOT, "an iteration takes about %s, and %s can be had on %s: %s",
          MemoryBudget.text(memory.bytes()), MemoryBudget.text(room), device, whatWouldFit(room)));
    }
  }

  private long room() {
    return Devices.runtime(device).allocator().roomBytes();
  }

  private static String line(MemoryPlan memory, long room) {
    return String.format(Locale.ROOT, "memory: about %s: parameters %s, optimizer %s, gradients that are added up %s, angles of positions %s, work %s%s",
        MemoryBudget.text(memory.bytes()), MemoryBudget.text(memory.parameters()), MemoryBudget.text(memory.optimizer()),
        MemoryBudget.text(memory.gradients()), MemoryBudget.text(memory.rotary()), MemoryBudget.text(memory.working()),
        room == Long.MAX_VALUE ? "" : "; " + MemoryBudget.text(room) + " can be had");
  }

  private String whatWouldFit(long room) {
    OptionalInt batch = MemoryPlan.fittingBatch(plan, device, room);
    return batch.isPresent()
        ? "--device-batch-size " + batch.getAsInt() + " fits, with --total-batch-size " + plan.totalBatchSize() + " for the same steps"
        : "no --device-batch-size fits; a lower --max-seq-len or --depth, or --dtype bfloat16, takes less";
  }
}
