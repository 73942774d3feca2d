package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.LayerNorm;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.testing.JavaProcess;

/// The same seed gives the same bits, today and tomorrow, on one thread and on many: no sum depends on who is first.
class DeterminismTest {
  private static String trained(int threads) {
    return JavaProcess.run(Training.class, List.of(), Map.of("TEENYGRAD_THREADS", "" + threads, "TEENYGRAD_DEVICE", "cpu")).lines()
        .filter(line -> !line.startsWith("teenygrad: compiling")) // said where the machine is slow
        .collect(Collectors.joining("\n"));
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    String one = trained(1);
    assertThat(one).contains("loss 1").contains("parameters");
    for (int threads : new int[] {5, 16}) {
      assertThat(trained(threads)).as("%d threads", threads).isEqualTo(one);
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    List<String> first = Training.run(7);
    assertThat(Training.run(7)).isEqualTo(first);
    assertThat(Training.run(8)).isNotEqualTo(first);
  }

  /// Three steps of a small GPT: matmuls, rows, sums over everything, gathers and scatters, each large enough for many
  /// threads, with sizes that divide nothing.
  static final class Training {
    private record Block(LayerNorm norm, Linear qkv, Linear out, Linear up, Linear down) implements Module {
      Tensor forward(Tensor x) {
        List<Tensor> parts = qkv.forward(norm.forward(x)).chunk(3, -1).stream()
            .map(part -> part.reshape(part.size(0), part.size(1), 3, -1).transpose(1, 2))
            .toList();
        Tensor mixed = parts.get(0).scaledDotProductAttention(parts.get(1), parts.get(2), AttentionOptions.CAUSAL);
        Tensor y = x.add(out.forward(mixed.transpose(1, 2).reshape(x.shape())));
        return y.add(down.forward(up.forward(y).gelu()).dropout(0.1, true));
      }
    }

    private record Model(Embedding table, Block first, Block second) implements Module {
      Tensor forward(Tensor ids) {
        return second.forward(first.forward(table.forward(ids))).linear(table.weight());
      }
    }

    private static Block block(int dim) {
      return new Block(LayerNorm.of(dim), Linear.of(dim, 3 * dim), Linear.of(dim, dim), Linear.of(dim, 77), Linear.of(77, dim));
    }

    static List<String> run(long seed) {
      Tensor.manualSeed(seed);
      Model model = new Model(Embedding.of(211, 51), block(51), block(51));
      Optimizer optimizer = new AdamW(model.namedParameters(), 1e-2).clipNorm(1);
      List<String> printed = new ArrayList<>();
      for (int step = 1; step <= 3; step++) {
        Tensor ids = Tensor.randint(0, 211, 5, 37);
        Tensor loss = model.forward(ids).reshape(-1, 211).crossEntropy(ids.flip(1).reshape(-1));
        optimizer.step(loss);
        printed.add("loss " + step + " " + bits(loss));
      }
      printed.add("parameters " + bits(model.parameters().toArray(Tensor[]::new)));
      Tensor large = Tensor.randn(1_000_003);
      printed.add("sum " + bits(large.sum()) + " max " + bits(large.max()) + " " + bits(large.square().mean()));
      Tensor index = Tensor.randint(0, 101, 20_000);
      printed.add("scatter " + bits(Tensor.zeros(101).scatterAdd(0, index, Tensor.randn(20_000))));
      printed.add("halves " + bits(Tensor.randn(130, 257).toBfloat16().matmul(Tensor.randn(257, 65).toBfloat16())));
      return printed;
    }

    private static String bits(Tensor... tensors) {
      CRC32 sum = new CRC32();
      for (Tensor tensor : tensors) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment memory = tensor.toMemory(arena);
          sum.update(memory.toArray(ValueLayout.JAVA_BYTE));
        }
      }
      return Long.toHexString(sum.getValue()) + " " + Arrays.toString(tensors[0].toFloat().flatten().slice(0, 0, 1).data());
    }

    public static void main(String[] arguments) {
      run(7).forEach(System.out::println);
    }
  }
}
