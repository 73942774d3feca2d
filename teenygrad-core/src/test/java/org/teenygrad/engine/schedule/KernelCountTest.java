package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.nn.Module;
import org.teenygrad.nn.Recurrent;
import org.teenygrad.optim.AdamW;

/// How many kernels an expression takes, counted on the device that runs none. A figure may fall; one that rises is a
/// regression of fusion.
class KernelCountTest {
  private static final Device NULL = Device.of("null");
  private static final int BATCH = 4;
  private static final int TIME = 64;
  private static final int DIM = 128;
  private static final int HEADS = 4;
  private static final int VOCABULARY = 512;

  private static Tensor tensor(int... shape) {
    Shape sizes = Shape.of(shape);
    return Tensor.of(new float[(int) sizes.elements()], sizes, NULL);
  }

  private static Tensor ids(int... shape) {
    Shape sizes = Shape.of(shape);
    return Tensor.of(new int[(int) sizes.elements()], sizes, NULL);
  }

  private static List<Profile.Launch> launches(Tensor... results) {
    return Profile.of(() -> Tensor.realize(results)).launches();
  }

  private static void takes(int most, Tensor... results) {
    List<Profile.Launch> launches = launches(results);
    assertThat(launches.size())
        .as(() -> launches.stream().map(launch -> launch.runs() + " x " + launch.description()).collect(Collectors.joining("\n")))
        .isLessThanOrEqualTo(most);
  }

  private final Tensor x = tensor(BATCH, TIME, DIM);
  private final Tensor y = tensor(BATCH, TIME, DIM);
  private final Tensor square = tensor(DIM, DIM);
  private final Tensor scale = tensor(DIM);
  private final Tensor shift = tensor(DIM);

  @Test
  void theGradientOfAConvolutionsWeightIsComputedInTiles() {
    Tensor weight = tensor(16, 16, 3, 3).requiresGrad();
    Tensor seen = tensor(4, 16, 16, 16).conv2d(weight, null, Window.DEFAULT.padding(1)).mul(tensor(4, 16, 16, 16));
    List<String> names = launches(Gradient.of(seen.sum(), weight)).stream().map(Profile.Launch::name).toList();
    assertThat(names).as("a kernel named after its loops").anyMatch(name -> name.startsWith("contract_")).noneMatch(name -> name.startsWith("reduce_"));
  }

  @Test
  void theGradientOfWhatSeveralProductsReadIsAContractionForEach() {
    Tensor input = tensor(64, DIM).requiresGrad();
    Tensor loss = Tensor.cat(List.of(input.matmul(square), input.matmul(tensor(DIM, DIM).add(1)), input.matmul(square.transpose(0, 1))), 0).mul(tensor(192, DIM)).sum();
    List<String> names = launches(Gradient.of(loss, input)).stream().map(Profile.Launch::name).toList();
    assertThat(names).as("kernels named after their loops").filteredOn(name -> name.startsWith("contract_")).hasSize(3);
    assertThat(names).noneMatch(name -> name.startsWith("reduce_"));
  }

  @Test
  void chainsOfElementwiseAndMovementOperationsAreOne() {
    takes(1, x.mul(2).add(y).exp().transpose(1, 2).sin().mul(tensor(DIM, 1)).gelu().flip(0).tanh());
  }

  @Test
  void severalResultsOfOneShapeAreOne() {
    Tensor shared = x.mul(2).add(y);
    takes(1, shared.exp(), shared.sin(), shared.add(1), shared);
  }

  @Test
  void rowsWithWhatComesBeforeAndAfterAreOne() {
    takes(1, x.mul(3).softmax(-1).mul(y));
    takes(1, x.mul(3).logSoftmax(-1).mul(y));
    takes(1, x.add(y).layerNorm(scale, shift).gelu());
    takes(1, x.add(y).rmsNorm(scale, 1e-5).mul(y));
    takes(1, x.logsumexp(-1));
    takes(1, x.var(-1));
    takes(1, x.square().mean(-1).sqrt());
    takes(1, x.mul(y).sum(-1).add(1));
  }

  @Test
  void theStepsOfARecurrentNetworkShareTheirKernels() {
    assertThat(kernelsOfAnLstm(48)).as("those that join the steps are as many as it takes to join them in pairs").isLessThanOrEqualTo(32);
  }

  /// How many different kernels a training step takes: what it costs to compile it.
  private static int kernelsOfAnLstm(int time) {
    var lstm = Module.map(Recurrent.of(Recurrent.Kind.LSTM, 8, 32, 1, false), weight -> weight.to(NULL));
    var optimizer = new AdamW(lstm.namedParameters(), 1e-3);
    return Profile.of(() -> optimizer.step(lstm.forward(tensor(4, time, 8)).square().mean())).schedules().stream()
        .mapToInt(Profile.Making::kernels).max().orElseThrow();
  }

  @Test
  void derivativesOfRowsAreOneAndAnotherForTheirParameters() {
    takes(1, Gradient.of(x.softmax(-1).mul(y).sum(), x));
    takes(1, Gradient.of(x.layerNorm(scale, shift).mul(y).sum(), x));
    takes(2, Gradient.of(x.layerNorm(scale, shift).mul(y).sum(), List.of(x, scale, shift)).toArray(Tensor[]::new));
  }

  @Test
  void aSumOfEverythingIsTwoForTheSakeOfThreads() {
    takes(2, x.square().sum());
  }

  @Test
  void aMatmulWithItsEpilogueIsOne() {
    takes(1, x.linear(square, shift).gelu().add(y));
    takes(1, x.linear(square, shift).relu().add(y).mul(0.5));
    takes(1, x.transpose(0, 1).slice(0, 3, 40).matmul(square.transpose(0, 1)));
    takes(1, x.toBfloat16().realize().matmul(square.toBfloat16().realize()).add(shift));
  }

  /// An operand that is more than a view is written first, as a contraction reads it many times. Not yet one.
  @Test
  void aMatmulWithAPrologueIsOneMoreForEachOperand() {
    takes(2, x.relu().linear(square));
    takes(2, x.layerNorm(scale, shift).linear(square));
    takes(3, x.toBfloat16().matmul(square.toBfloat16()));
  }

  /// Scores are never in memory: one kernel; with derivatives four, of which one multiplies results with their gradients.
  @Test
  void longAttentionIsOneAndWithItsDerivativesFour() {
    int time = 4 * TIME;
    Tensor[] heads = IntStream.range(0, 4).mapToObj(i -> tensor(BATCH, HEADS, time, DIM / HEADS)).toArray(Tensor[]::new);
    Tensor result = heads[0].scaledDotProductAttention(heads[1], heads[2], AttentionOptions.CAUSAL);
    Tensor loss = result.mul(heads[3]).sum();
    takes(4, result, Gradient.of(loss, heads[0]), Gradient.of(loss, heads[1]), Gradient.of(loss, heads[2]));
  }

  /// Of a result that is there already the scores are reduced once more.
  @Test
  void longAttentionsDerivativesAreFour() {
    Tensor[] heads = IntStream.range(0, 4).mapToObj(i -> tensor(BATCH, HEADS, 4 * TIME, DIM / HEADS).requiresGrad()).toArray(Tensor[]::new);
    Tensor result = heads[0].scaledDotProductAttention(heads[1], heads[2], AttentionOptions.CAUSAL);
    takes(1, result);
    Tensor loss = result.mul(heads[3]).sum();
    takes(4, Gradient.of(loss, heads[0]), Gradient.of(loss, heads[1]), Gradient.of(loss, heads[2]));
  }

  /// Not yet one.
  @Test
  void causalAttentionIsThree() {
    Tensor[] heads = IntStream.range(0, 3).mapToObj(i -> tensor(BATCH, HEADS, TIME, DIM / HEADS)).toArray(Tensor[]::new);
    takes(3, heads[0].scaledDotProductAttention(heads[1], heads[2], AttentionOptions.CAUSAL));
  }

  /// Not yet one.
  @Test
  void crossEntropyIsTwoAndWithItsDerivativeFive() {
    Tensor logits = tensor(BATCH * TIME, VOCABULARY);
    Tensor loss = logits.crossEntropy(ids(BATCH * TIME));
    takes(2, loss);
    Tensor again = logits.crossEntropy(ids(BATCH * TIME));
    takes(5, again, Gradient.of(again, logits));
  }

  @Test
  void anEmbeddingIsGatheredByWhoReadsIt() {
    takes(1, tensor(VOCABULARY, DIM).embedding(ids(BATCH, TIME)).add(tensor(TIME, DIM)));
    takes(1, tensor(VOCABULARY, DIM).embedding(ids(BATCH, TIME)).add(tensor(TIME, DIM)).layerNorm(scale, shift));
  }

  @Test
  void theDerivativeOfAnEmbeddingHasNoOneHotMatrix() {
    Tensor table = tensor(VOCABULARY, DIM);
    Tensor derivative = Gradient.of(table.embedding(ids(BATCH, TIME)).mul(y).sum(), table);
    takes(2, derivative);
    Tensor another = Gradient.of(table.embedding(ids(BATCH, TIME)).mul(y).mul(2).sum(), table);
    Profile profile = Profile.of(another::realize);
    double bytes = profile.launches().stream().mapToDouble(Profile.Launch::bytes).sum();
    assertThat(bytes).isLessThan(4.0 * BATCH * TIME * VOCABULARY * 4);
    assertThat(profile.schedules()).singleElement().extracting(Profile.Making::workspaceBytes).isEqualTo(0L);
  }

  @Test
  void anOptimizerTakesALaunchForEachShapeOfParameter() {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    for (int layer = 0; layer < 6; layer++) {
      parameters.put("weight" + layer, tensor(DIM, DIM).requiresGrad());
      parameters.put("bias" + layer, tensor(DIM).requiresGrad());
    }
    var optimizer = new AdamW(parameters, 0.1);
    parameters.values().forEach(parameter -> parameter.setGrad(tensor(parameter.shape().toArray())));
    List<Profile.Launch> launches = Profile.of(optimizer::step).launches();
    assertThat(launches).hasSizeLessThanOrEqualTo(2);
    assertThat(launches.stream().mapToInt(Profile.Launch::runs).sum()).isEqualTo(12);
  }

  @Test
  void aBlockOfAGptIsNine() {
    Tensor qkvWeight = tensor(3 * DIM, DIM);
    Tensor up = tensor(4 * DIM, DIM);
    Tensor down = tensor(DIM, 4 * DIM);
    List<Tensor> qkv =
        x.layerNorm(scale, shift).linear(qkvWeight, tensor(3 * DIM)).chunk(3, -1).stream()
            .map(part -> part.reshape(BATCH, TIME, HEADS, -1).transpose(1, 2))
            .toList();
    Tensor mixed = qkv.get(0).scaledDotProductAttention(qkv.get(1), qkv.get(2), AttentionOptions.CAUSAL);
    Tensor middle = x.add(mixed.transpose(1, 2).reshape(x.shape()).linear(square, shift));
    takes(9, middle.add(middle.layerNorm(tensor(DIM), tensor(DIM)).linear(up, tensor(4 * DIM)).gelu().linear(down, shift)));
  }
}
