package org.teenygrad.book.part3;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.schedule.Recording;
import org.teenygrad.models.settings.Help;
import org.teenygrad.nn.Layer;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Sequential;
import org.teenygrad.optim.AdamW;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// From a graph to kernels: what is computed together and why, the kernels of a training step, and where its temporary data are when.
@Section(number = "3.2.2", name = "kernels", title = "What becomes one kernel and why; the kernels and the memory of a training step")
public record Kernels(
    @Help("rows of a batch") int batch,
    @Help("width of the network") int width,
    @Help("layers of the network") int layers)
    implements Program {

  public Kernels() {
    this(64, 128, 8);
  }

  /// @throws IllegalArgumentException if a setting is not positive
  public Kernels {
    if (batch < 1 || width < 1 || layers < 1) {
      throw new IllegalArgumentException("batch, width and layers must be at least 1, not " + batch + ", " + width + " and " + layers);
    }
  }

  /// @param wanted how many kernels it should be
  private record Example(String text, int wanted, String why, Function<List<Tensor>, Tensor> of) {}

  /// A kernel writes memory that the next one reads: on every machine that costs more than arithmetic. So the scheduler
  /// asks, at each place where one operation reads another's result: can the reader compute the element that it needs,
  /// at once, for no more than it would cost to store it?
  private static final List<Example> EXAMPLES = List.of(
      new Example("relu(a * b + 1)", 1, "element i needs element i alone", x -> x.get(0).mul(x.get(1)).add(1).relu()),
      new Example("softmax(a)", 1, "both reductions go over the same rows", x -> x.get(0).softmax(-1)),
      new Example("a.T + b", 1, "a view is another index, not another copy", x -> x.get(0).transpose(0, 1).add(x.get(1))),
      new Example("relu(a @ b + 1)", 1, "what follows a product is done to its sums in registers",
          x -> x.get(0).matmul(x.get(1)).add(1).relu()),
      new Example("exp(a) @ b", 2, "each factor is read many times: exp would be computed as often", x -> x.get(0).exp().matmul(x.get(1))),
      new Example("(a @ b) @ a", 2, "an element of a @ b is a long sum, and needed many times",
          x -> x.get(0).matmul(x.get(1)).matmul(x.get(0))),
      new Example("sum(a, 0) @ b", 2, "the sums are a factor, too: all columns read them", x -> x.get(0).sum(0, true).matmul(x.get(1))));

  @Override
  public void run(Page page) {
    int right = fusion(page);
    page.claim("kernels as expected, of " + EXAMPLES.size() + " expressions", right).isNear(EXAMPLES.size(), 0);
    trainingStep(page);
  }

  private int fusion(Page page) {
    page.say("What fuses, of matrices %d x %d:", width, width);
    List<List<Object>> rows = new ArrayList<>();
    int right = 0;
    for (Example example : EXAMPLES) {
      List<Tensor> inputs = List.of(Tensor.rand(width, width).realize(), Tensor.rand(width, width).realize());
      int kernels = Profile.of(example.of.apply(inputs)::realize).launches().size();
      right += kernels == example.wanted ? 1 : 0;
      rows.add(List.of(example.text, kernels, example.why));
    }
    page.table(List.of("expression", "kernels", "because"), rows);
    return right;
  }

  private void trainingStep(Page page) {
    List<Layer> parts = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      parts.add(Linear.of(width, width));
      parts.add(Tensor::tanh);
    }
    Sequential network = new Sequential(parts);
    AdamW optimizer = new AdamW(network.namedParameters(), 1e-3);
    List<Tensor> inputs = List.of(Tensor.randn(batch, width).realize(), Tensor.randn(batch, width).realize());
    Recording first = Recording.of(() -> optimizer.step(loss(network, inputs.get(0))));
    Recording second = Recording.of(() -> optimizer.step(loss(network, inputs.get(1))));

    List<List<Object>> rows = new ArrayList<>();
    first.launches().stream().map(Recording.Launched::facts).sorted(Comparator.comparing(Profile.Launch::flops).reversed()).limit(8)
        .forEach(launch ->
        rows.add(List.of(launch.runs(), launch.flops() / 1e6, launch.bytes() / 1024, launch.description())));
    page.say("A training step of %d layers is %d launches; those that compute most:", layers, first.launches().size());
    page.table(List.of("runs", "MFLOP", "KiB", "what it does"), rows);
    page.say("The second step has new data and the same graph: %d schedules are made for it.", second.schedules().size());
    Recording forward = Recording.of(() -> network.forward(inputs.get(0)).realize());
    Plot training = plan("training step", first);
    page.picture("kernels-memory", Panels.of("Where temporary data are in the workspace, and when", 1, training,
        plan("forward pass alone", forward))::write);
    page.say("Temporary data share one workspace: two pieces have the same bytes if one is dead before the other is born.");
    page.table(List.of("schedule", "pieces", "KiB in all", "workspace KiB"),
        List.of(sizes("training step", first), sizes("forward pass alone", forward)));
    page.say("A training step keeps what its backward pass will need. A forward pass alone needs a layer's input and output.");
    page.claim("schedules made for the second step", second.schedules().size()).isNear(0, 0);
    page.claim("pieces that overlap in time and place",
        (double) overlaps(first.memory().getLast()) + overlaps(forward.memory().getLast())).isNear(0, 0);
    page.claim("workspace of the forward pass, in layers' outputs",
        forward.schedules().getLast().workspaceBytes() / (4.0 * batch * width)).isNear(2, 0);
  }

  private static Tensor loss(Sequential network, Tensor x) {
    return network.forward(x).sub(x).square().mean();
  }

  private static Plot plan(String title, Recording recorded) {
    Plot plan = Plot.of(title).x("launch").y("offset (KiB)");
    for (Activity.Temporary piece : recorded.memory().getLast()) {
      double bottom = piece.offset() / 1024.0;
      double top = bottom + piece.bytes() / 1024.0;
      plan.band("", new double[] {piece.first(), piece.last() + 0.9}, new double[] {bottom, bottom}, new double[] {top, top});
    }
    return plan;
  }

  private static List<Object> sizes(String name, Recording recorded) {
    List<Activity.Temporary> pieces = recorded.memory().getLast();
    return List.of(name, pieces.size(), pieces.stream().mapToLong(Activity.Temporary::bytes).sum() / 1024,
        recorded.schedules().getLast().workspaceBytes() / 1024);
  }

  private static long overlaps(List<Activity.Temporary> pieces) {
    return pieces.stream().mapToLong(a -> pieces.stream().filter(b -> a != b
        && a.first() <= b.last() && b.first() <= a.last()
        && a.offset() < b.offset() + b.bytes() && b.offset() < a.offset() + a.bytes()).count()).sum();
  }
}
