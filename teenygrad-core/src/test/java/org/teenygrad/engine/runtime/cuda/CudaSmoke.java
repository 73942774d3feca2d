package org.teenygrad.engine.runtime.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Ordering;
import org.teenygrad.engine.runtime.Sequence;
import org.teenygrad.engine.runtime.Slice;
import org.teenygrad.engine.runtime.cuda.CudaDriver.FunctionAttribute;
import org.teenygrad.engine.runtime.llvm.KernelCache;

/// The runtime of `cuda`, piece by piece on a real GPU: each check throws an AssertionError, or says in a line what it saw.
/// [CudaTest] runs them where there is a GPU.
final class CudaSmoke {
  private static final Device DEVICE = Device.of("cuda");
  private static final Device HOST = Device.of("cpu");
  private static final long MIB = 1L << 20;

  private final Cuda.Opened cuda = Cuda.opened(DEVICE);

  /// What is checked of a GPU.
  interface Check {
    String run() throws Exception;
  }

  Map<String, Check> checks() {
    Map<String, Check> checks = new LinkedHashMap<>();
    checks.put("gpu", () -> cuda.gpu() + ", " + cuda.gpu().processors() + " processors, " + cuda.gpu().sharedBytes() + " shared bytes, " + cuda.gpu().llvmTarget()
        + ", CUDA " + Gpu.version(CudaDriver.driverVersion()));
    checks.put("errorsHaveTheDriversNameAndText", this::errorsHaveTheDriversNameAndText);
    checks.put("copiesOfAllSizesComeBack", this::copiesOfAllSizesComeBack);
    checks.put("manySmallCopiesComeBack", this::manySmallCopiesComeBack);
    checks.put("memoryIsUsedAgain", this::memoryIsUsedAgain);
    checks.put("unreachableMemoryIsCollected", this::unreachableMemoryIsCollected);
    checks.put("outOfMemoryNamesTheSizes", this::outOfMemoryNamesTheSizes);
    checks.put("kernelsAdd", this::kernelsAdd);
    checks.put("sharedMemoryAboveTheDefault", this::sharedMemoryAboveTheDefault);
    checks.put("modulesComeFromDisk", this::modulesComeFromDisk);
    checks.put("launchesAndCopiesAreOrdered", this::launchesAndCopiesAreOrdered);
    checks.put("uploadsArriveBeforeTheirKernels", this::uploadsArriveBeforeTheirKernels);
    checks.put("uploadsOfAllSizesComeBack", this::uploadsOfAllSizesComeBack);
    checks.put("eventsTimeKernels", this::eventsTimeKernels);
    checks.put("wholeRunsAreTimed", this::wholeRunsAreTimed);
    checks.put("launchCost", this::launchCost);
    checks.put("graphsFollowTheirBuffers", this::graphsFollowTheirBuffers);
    checks.put("manyTensorsInOneLaunch", this::manyTensorsInOneLaunch);
    checks.put("productsOfAllLayouts", this::productsOfAllLayouts);
    checks.put("attentionOfAllLengths", this::attentionOfAllLengths);
    checks.put("graphLaunchCost", this::graphLaunchCost);
    checks.put("copySpeed", this::copySpeed);
    checks.put("brokenPtxSaysWhy", this::brokenPtxSaysWhy);
    checks.put("peers", this::peers);
    return checks;
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private String errorsHaveTheDriversNameAndText() {
    CudaException e = thrown(CudaException.class, () -> CudaDriver.device(1000));
    check(said(e).startsWith("CUDA_ERROR_INVALID_DEVICE: ") && said(e).contains("cuDeviceGet"), said(e));
    return said(e);
  }

  private static <T extends Throwable> T thrown(Class<T> type, Runnable action) {
    try {
      action.run();
    } catch (Throwable e) {
      check(type.isInstance(e), "not a " + type + " but " + e);
      return type.cast(e);
    }
    throw new AssertionError("nothing was thrown");
  }

  private static String said(Throwable e) {
    return Objects.requireNonNull(e.getMessage());
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private byte[] roundTrip(byte[] bytes) {
    CudaBuffer buffer = cuda.allocator().allocate(bytes.length);
    cuda.allocator().copyIn(buffer, MemorySegment.ofArray(bytes));
    byte[] back = new byte[bytes.length];
    cuda.allocator().copyOut(buffer, MemorySegment.ofArray(back));
    buffer.free();
    return back;
  }

  private String copiesOfAllSizesComeBack() {
    int piece = (int) PinnedMemory.PIECE_BYTES;
    for (int length : new int[] {0, 1, 255, 256, 257, 4097, piece - 1, piece, piece + 1, 9 * piece + 5}) {
      byte[] bytes = bytes(length);
      check(Arrays.equals(bytes, roundTrip(bytes)), length + " bytes came back different");
    }
    return "0 bytes to 36 MiB";
  }

  private String manySmallCopiesComeBack() {
    int count = 100_000;
    CudaBuffer buffer = cuda.allocator().allocate((long) count * Integer.BYTES);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment word = arena.allocate(4, 4);
      for (int i = 0; i < count; i++) {
        word.set(ValueLayout.JAVA_INT, 0, i);
        cuda.allocator().copyIn(new Slice(buffer, 4L * i, 4), word);
      }
      MemorySegment back = arena.allocate(4L * count, 8);
      cuda.allocator().copyOut(buffer, back);
      for (int i = 0; i < count; i++) {
        check(back.getAtIndex(ValueLayout.JAVA_INT, i) == i, "word " + i + " is " + back.getAtIndex(ValueLayout.JAVA_INT, i));
      }
    }
    return count + " copies of 4 bytes";
  }

  private String memoryIsUsedAgain() {
    CudaBuffer first = cuda.allocator().allocate(10 * MIB);
    long address = first.address();
    first.free();
    first.free();
    check(cuda.allocator().cachedBytes() >= 10 * MIB, "nothing is kept");
    CudaBuffer second = cuda.allocator().allocate(10 * MIB - 100);
    check(second.address() == address, "the same size elsewhere");
    second.free();
    cuda.allocator().trim();
    check(cuda.allocator().cachedBytes() == 0, "trim leaves memory");
    return "";
  }

  private String unreachableMemoryIsCollected() {
    int count = 200;
    long bytes = cuda.gpu().memoryBytes() / 100;
    for (int i = 0; i < count; i++) {
      check(cuda.allocator().allocate(bytes).address() != 0, "null");
    }
    long most = cuda.allocator().liveBytes() + cuda.allocator().cachedBytes();
    check(most < cuda.gpu().memoryBytes() / 2, most + " bytes are taken");
    return String.format(Locale.ROOT, "%d MiB went through %d", count * bytes / MIB, most / MIB);
  }

  private String outOfMemoryNamesTheSizes() {
    OutOfMemoryException e = thrown(OutOfMemoryException.class, () -> cuda.allocator().allocate(1L << 42));
    check(said(e).contains("cuda:0: no room for 4.0 TiB"), said(e));
    return said(e);
  }

  private CudaKernel add(int blocks) {
    return cuda.compiler().compile(AddKernel.NAME, "adds two vectors", AddKernel.IR, CudaKernel.Reads.PLAIN, new CudaKernel.Launch(blocks, 1, AddKernel.THREADS, 0));
  }

  private CudaBuffer floats(int count, float first, float step) {
    CudaBuffer buffer = cuda.allocator().allocate((long) count * Float.BYTES);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = first + step * i;
    }
    cuda.allocator().copyIn(buffer, MemorySegment.ofArray(values));
    return buffer;
  }

  private float[] floats(Buffer buffer) {
    float[] values = new float[(int) (buffer.bytes() / Float.BYTES)];
    cuda.allocator().copyOut(buffer, MemorySegment.ofArray(values));
    return values;
  }

  /// What is told of runs that nobody waits for: each once, in order, at the latest when a result has been copied out.
  private String wholeRunsAreTimed() {
    Tensor x = Tensor.of(new float[1 << 20], Shape.of(1 << 10, 1 << 10), DEVICE);
    List<Activity.Ran> runs = new ArrayList<>();
    Activity.Watcher watcher = new Activity.Watcher() {
      @Override
      public void happened(Activity.Event event) {
        if (event instanceof Activity.Ran ran) {
          runs.add(ran);
        }
      }

      @Override
      public boolean wantsLaunches(long schedule) {
        return false;
      }
    };
    long before = System.nanoTime();
    try (Activity.Watching _ = Activity.watch(watcher)) {
      Tensor y = x;
      for (int i = 0; i < 20; i++) {
        y = y.matmul(x).exp().softmax(-1).matmul(x).exp().realize();
      }
      y.data();
    }
    long after = System.nanoTime();
    check(runs.size() >= 20, runs.size() + " runs were told of");
    for (int i = 0; i < runs.size(); i++) {
      Activity.Ran run = runs.get(i);
      check(run.nanos() > 0 && run.start() >= (i == 0 ? before : runs.get(i - 1).start() + runs.get(i - 1).nanos()) && run.start() + run.nanos() <= after + 1_000_000, "run " + i + " of " + runs);
    }
    return runs.size() + " runs, " + runs.stream().mapToLong(Activity.Ran::nanos).sum() / 1000 + " us in all";
  }

  private String kernelsAdd() {
    int blocks = 100;
    int n = blocks * AddKernel.THREADS;
    CudaBuffer out = cuda.allocator().allocate((long) n * Float.BYTES);
    CudaKernel kernel = add(blocks);
    kernel.run(List.of(List.of(out, floats(n, 0, 1), floats(n, 0.5f, 2))));
    float[] sums = floats(out);
    for (int i = 0; i < n; i++) {
      check(sums[i] == 0.5f + 3f * i, "sum " + i + " is " + sums[i]);
    }
    return kernel.attribute(FunctionAttribute.NUM_REGS) + " registers, " + kernel.attribute(FunctionAttribute.LOCAL_SIZE_BYTES) + " bytes spilled";
  }

  private String sharedMemoryAboveTheDefault() {
    int bytes = cuda.gpu().sharedBytes();
    CudaKernel kernel = cuda.compiler().compile(AddKernel.NAME, "adds two vectors", AddKernel.IR, CudaKernel.Reads.PLAIN, new CudaKernel.Launch(1, 1, AddKernel.THREADS, bytes));
    CudaBuffer out = floats(AddKernel.THREADS, 0, 0);
    kernel.run(List.of(List.of(out, floats(AddKernel.THREADS, 1, 0), floats(AddKernel.THREADS, 2, 0))));
    check(floats(out)[7] == 3f, "did not run");
    return bytes + " bytes a block";
  }

  private String modulesComeFromDisk() throws Exception {
    Path folder = Files.createTempDirectory("cubins");
    KernelCache cache = new KernelCache(folder, 1 << 20);
    long[] nanos = new long[2];
    for (int i = 0; i < 2; i++) {
      long start = System.nanoTime();
      new CudaCompiler(cuda.gpu(), cuda.stream(), cache).compile(AddKernel.NAME, "adds two vectors", AddKernel.IR, CudaKernel.Reads.PLAIN, new CudaKernel.Launch(1, 1, AddKernel.THREADS, 0));
      nanos[i] = System.nanoTime() - start;
    }
    try (var files = Files.list(folder)) {
      check(files.count() == 1, "not one file");
    }
    return String.format(Locale.ROOT, "%.2f ms to compile and load, %.2f ms to load", nanos[0] / 1e6, nanos[1] / 1e6);
  }

  /// x = x + 1 a thousand times, with 1 overwritten by 2 half way: the order is that of the calls.
  private String launchesAndCopiesAreOrdered() {
    int n = AddKernel.THREADS;
    CudaKernel kernel = add(1);
    CudaBuffer x = floats(n, 0, 0);
    CudaBuffer step = floats(n, 1, 0);
    for (int i = 0; i < 1000; i++) {
      if (i == 500) {
        float[] twos = new float[n];
        Arrays.fill(twos, 2);
        cuda.allocator().copyIn(step, MemorySegment.ofArray(twos));
        Arrays.fill(twos, 1e9f); // may change afterwards
      }
      kernel.run(List.of(List.of(x, x, step)));
    }
    check(floats(x)[0] == 1500, "sum is " + floats(x)[0]);
    return "";
  }

  /// x = x + i % 7 for many i, each an upload of its own: pages are filled, left and used again meanwhile.
  private String uploadsArriveBeforeTheirKernels() {
    int n = AddKernel.THREADS;
    int count = 20_000;
    CudaKernel kernel = add(1);
    CudaBuffer x = floats(n, 0, 0);
    float expected = 0;
    for (int i = 0; i < count; i++) {
      float[] step = new float[n];
      Arrays.fill(step, i % 7);
      expected += i % 7;
      Buffer uploaded = cuda.allocator().upload(MemorySegment.ofArray(step));
      Arrays.fill(step, 1e9f); // may change afterwards
      kernel.run(List.of(List.of(x, x, uploaded)));
      if (i % 4_000 == 0) {
        System.gc(); // gives pages back that kernels in the queue still read
      }
    }
    float[] sums = floats(x);
    check(sums[0] == expected && sums[n - 1] == expected, "sum is " + sums[0] + ", not " + expected);
    return count + " uploads";
  }

  private String uploadsOfAllSizesComeBack() {
    List<byte[]> sent = new ArrayList<>();
    List<Buffer> uploaded = new ArrayList<>();
    int most = (int) Uploads.MOST_BYTES;
    for (int length : new int[] {0, 1, 4, 255, 256, 257, most - 1, most, most, most, most, most + 1, 5}) {
      byte[] bytes = bytes(length);
      sent.add(bytes.clone());
      uploaded.add(cuda.allocator().upload(MemorySegment.ofArray(bytes)));
      Arrays.fill(bytes, (byte) 0); // may change afterwards
    }
    for (int i = 0; i < sent.size(); i++) {
      byte[] back = new byte[sent.get(i).length];
      check(uploaded.get(i).bytes() == back.length, "a buffer of " + uploaded.get(i).bytes() + " bytes, not " + back.length);
      cuda.allocator().copyOut(uploaded.get(i), MemorySegment.ofArray(back));
      check(Arrays.equals(sent.get(i), back), back.length + " bytes came back different");
    }
    return "0 bytes to " + (most + 1);
  }

  private String eventsTimeKernels() {
    int n = 64 << 20;
    CudaBuffer a = cuda.allocator().allocate((long) n * Float.BYTES);
    CudaBuffer b = cuda.allocator().allocate((long) n * Float.BYTES);
    CudaBuffer c = cuda.allocator().allocate((long) n * Float.BYTES);
    CudaKernel kernel = add(n / AddKernel.THREADS);
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      best = Math.min(best, kernel.time(List.of(List.of(a, b, c))));
    }
    check(best > 1000, "faster than light: " + best);
    return String.format(Locale.ROOT, "%.1f us, %.0f GB/s", best / 1e3, 3.0 * 4 * n / best);
  }

  private String launchCost() {
    CudaKernel kernel = add(1);
    CudaBuffer x = floats(AddKernel.THREADS, 0, 0);
    List<List<Buffer>> arguments = List.of(List.of(x, x, x));
    int count = 20_000;
    for (int i = 0; i < count; i++) {
      kernel.run(arguments);
    }
    cuda.stream().synchronize();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      kernel.run(arguments);
    }
    long handedIn = System.nanoTime();
    cuda.stream().synchronize();
    long done = System.nanoTime();
    return String.format(Locale.ROOT, "%.2f us handed in, %.2f us done",
        (handedIn - start) / 1e3 / count, (done - start) / 1e3 / count);
  }

  /// x += step, then y += x beside z += x, twice: as launches, then as a graph, then as the same graph over other buffers.
  private String graphsFollowTheirBuffers() {
    int n = AddKernel.THREADS;
    CudaKernel kernel = add(1);
    Sequence sequence = cuda.compiler().sequence(Collections.nCopies(6, kernel),
        () -> ordering(List.of(List.of(), List.of(0), List.of(0), List.of(1, 2), List.of(3), List.of(3))));
    CudaBuffer x = floats(n, 0, 0);
    CudaBuffer y = floats(n, 0, 0);
    CudaBuffer z = floats(n, 0, 0);
    float expectedX = 0;
    float expectedY = 0;
    for (int run = 0; run < 6; run++) {
      float size = run / 2 + 1f; // a new buffer each second run
      CudaBuffer step = floats(n, size, 0);
      if (run == 3) {
        x = floats(n, 1000, 0);
        expectedX = 1000;
      }
      List<List<Buffer>> addStep = List.of(List.of(x, x, step));
      List<List<Buffer>> addToY = List.of(List.of(y, y, x));
      List<List<Buffer>> addToZ = List.of(List.of(z, z, x));
      sequence.run(List.of(addStep, addToY, addToZ, addStep, addToY, addToZ));
      expectedY += 2 * expectedX + 3 * size;
      expectedX += 2 * size;
      String seen = "run " + run + ": " + floats(x)[n - 1] + ", " + floats(y)[n - 1] + ", " + floats(z)[n - 1];
      check(floats(x)[n - 1] == expectedX && floats(y)[n - 1] == expectedY && floats(z)[n - 1] == expectedY, seen);
    }
    return "";
  }

  /// Tensors of many sizes and several types that get the same done to them, sums of many matrices of one size, and products.
  private String manyTensorsInOneLaunch() {
    List<Tensor> inputs = new ArrayList<>();
    List<Tensor> products = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      DType type = i % 3 == 0 ? DType.BFLOAT16 : i % 3 == 1 ? DType.FLOAT16 : DType.FLOAT32;
      inputs.add(Tensor.rand(i % 7 == 0 ? 1000 * i + 1 : 128 * (i * i * i + 1)).cast(type).to(HOST).realize());
      products.add(Tensor.randn(65, 96).cast(type).to(HOST).realize());
    }
    List<UnaryOperator<Tensor>> functions = List.of(x -> x.cast(DType.FLOAT32).mul(3).add(1), Tensor::neg);
    List<UnaryOperator<Tensor>> ofMatrices = List.of(x -> x.cast(DType.FLOAT32).sum(1), x -> x.matmul(x.transpose(0, 1)));
    int launches = sameAsOnTheHost(inputs, functions, 1e-6) + sameAsOnTheHost(products, ofMatrices, 0.5);
    check(launches < 40, launches + " launches");
    return launches + " launches";
  }

  /// Products of 16 bits whose factors lie along and across, of sizes that tiles divide and others, with what follows them.
  private String productsOfAllLayouts() {
    Random random = new Random(5);
    int count = 48;
    for (int i = 0; i < count; i++) {
      DType type = i % 2 == 0 ? DType.BFLOAT16 : DType.FLOAT16;
      int rows = i % 3 == 0 ? 128 * (1 + random.nextInt(8)) : 8 + random.nextInt(600);
      int columns = i % 5 == 0 ? 256 * (1 + random.nextInt(4)) : 8 * (1 + random.nextInt(90));
      int inner = 8 * (1 + random.nextInt(70));
      boolean leftAcross = random.nextBoolean();
      boolean rightAcross = random.nextBoolean();
      boolean followed = random.nextBoolean();
      Tensor left = Tensor.randn(2, leftAcross ? inner : rows, leftAcross ? rows : inner).cast(type).to(HOST).realize();
      Tensor right = Tensor.randn(rightAcross ? columns : inner, rightAcross ? inner : columns).cast(type).to(HOST).realize();
      UnaryOperator<Tensor> product = x -> {
        Tensor a = leftAcross ? x.transpose(1, 2) : x;
        Tensor b = right.to(x.device()).realize();
        Tensor result = a.matmul(rightAcross ? b.transpose(0, 1) : b);
        return followed ? result.relu().add(1) : result.transpose(1, 2).contiguous();
      };
      sameAsOnTheHost(List.of(left), List.of(product), 0.02 * Math.sqrt(inner) * 4);
    }
    return count + " products";
  }

  /// Attention and its derivatives where steps divide the length and where they do not, with heads of one slab and of two.
  private String attentionOfAllLengths() {
    int count = 0;
    for (int time : new int[] {64, 200, 256}) {
      for (int size : new int[] {32, 64, 128}) {
        for (AttentionOptions options : List.of(AttentionOptions.DEFAULT, AttentionOptions.CAUSAL)) {
          DType type = count++ % 2 == 0 ? DType.BFLOAT16 : DType.FLOAT16;
          List<Tensor> inputs = IntStream.range(0, 4).mapToObj(i -> Tensor.randn(2, 3, time, size).cast(type).to(HOST).realize()).toList();
          List<Tensor> expected = attention(inputs, HOST, options);
          List<Tensor> computed = attention(inputs, DEVICE, options);
          for (int i = 0; i < expected.size(); i++) {
            Tensor wanted = expected.get(i).cast(DType.FLOAT32);
            double difference = wanted.sub(computed.get(i).to(HOST).cast(DType.FLOAT32)).square().mean().sqrt().item() / wanted.square().mean().sqrt().item();
            check(difference < 0.012, "result " + i + " of " + type + inputs.getFirst().shape() + " differs by " + difference + " of its size");
          }
        }
      }
    }
    return count + " attentions";
  }

  /// Output and derivatives by queries, keys and values.
  private static List<Tensor> attention(List<Tensor> inputs, Device device, AttentionOptions options) {
    List<Tensor> own = inputs.subList(0, 3).stream().map(input -> input.to(device).realize().requiresGrad()).toList();
    Tensor output = own.get(0).scaledDotProductAttention(own.get(1), own.get(2), options);
    output.mul(inputs.get(3).to(device)).sum().backward();
    List<Tensor> results = List.of(output.detach(), own.get(0).grad().detach(), own.get(1).grad().detach(), own.get(2).grad().detach());
    Tensor.realize(results);
    return results;
  }

  private static int sameAsOnTheHost(List<Tensor> inputs, List<UnaryOperator<Tensor>> functions, double tolerance) {
    List<Tensor> expected = new ArrayList<>();
    List<Tensor> computed = new ArrayList<>();
    for (UnaryOperator<Tensor> function : functions) {
      inputs.forEach(input -> expected.add(function.apply(input)));
    }
    List<Tensor> moved = inputs.stream().map(input -> input.to(DEVICE).realize()).toList();
    for (UnaryOperator<Tensor> function : functions) {
      moved.forEach(input -> computed.add(function.apply(input)));
    }
    Tensor.realize(expected);
    int launches = Profile.of(() -> Tensor.realize(computed)).launches().size();
    for (int i = 0; i < expected.size(); i++) {
      double difference = expected.get(i).cast(DType.FLOAT32).sub(computed.get(i).to(HOST).cast(DType.FLOAT32)).abs().max().item();
      check(difference <= tolerance, "tensor " + i + ", " + expected.get(i).dtype() + expected.get(i).shape() + ", differs by " + difference);
    }
    return launches;
  }

  private static Ordering ordering(List<List<Integer>> waits) {
    return new Ordering(waits, Collections.nCopies(waits.size(), new BitSet()));
  }

  private String graphLaunchCost() {
    int count = 300;
    CudaKernel kernel = add(1);
    CudaBuffer x = floats(AddKernel.THREADS, 0, 0);
    Sequence sequence = cuda.compiler().sequence(Collections.nCopies(count, kernel), () -> ordering(IntStream.range(0, count).mapToObj(i -> i == 0 ? List.<Integer>of() : List.of(i - 1)).toList()));
    List<List<List<Buffer>>> arguments = Collections.nCopies(count, List.of(List.of(x, x, x)));
    sequence.run(arguments);
    long start = System.nanoTime();
    sequence.run(arguments);
    cuda.stream().synchronize();
    long made = System.nanoTime();
    int runs = 100;
    for (int i = 0; i < runs; i++) {
      sequence.run(arguments);
    }
    long handedIn = System.nanoTime();
    cuda.stream().synchronize();
    long done = System.nanoTime();
    return String.format(Locale.ROOT, "%d launches: %.1f us to make, %.2f us handed in, %.2f us done",
        count, (made - start) / 1e3, (handedIn - made) / 1e3 / runs, (done - made) / 1e3 / runs);
  }

  private String copySpeed() {
    long bytes = 256 * MIB;
    CudaBuffer buffer = cuda.allocator().allocate(bytes);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(bytes, 4096).fill((byte) 1);
      double in = 0;
      double out = 0;
      for (int i = 0; i < 3; i++) {
        long start = System.nanoTime();
        cuda.allocator().copyIn(buffer, host);
        cuda.stream().synchronize();
        long middle = System.nanoTime();
        cuda.allocator().copyOut(buffer, host);
        in = (double) bytes / (middle - start);
        out = (double) bytes / (System.nanoTime() - middle);
      }
      check(host.getAtIndex(JAVA_FLOAT, bytes / 4 - 1) != 0, "nothing came back");
      return String.format(Locale.ROOT, "in %.1f GB/s, out %.1f GB/s", in, out);
    }
  }

  private String brokenPtxSaysWhy() {
    cuda.stream().makeCurrent();
    CudaException e = thrown(CudaException.class, () -> CudaDriver.load(".version 8.0\n.target sm_80\n.address_size 64\nnonsense", "nonsense"));
    check(said(e).contains("CUDA_ERROR_INVALID_PTX") && said(e).contains("nonsense"), said(e));
    return said(e).replaceAll("\\s+", " ");
  }

  private String peers() {
    List<String> seen = new ArrayList<>();
    for (int ordinal = 1; ordinal < CudaDriver.deviceCount(); ordinal++) {
      Cuda.Opened other = Cuda.opened(Device.of("cuda:" + ordinal));
      byte[] bytes = bytes(10_000_000);
      CudaBuffer here = cuda.allocator().allocate(bytes.length);
      CudaBuffer there = other.allocator().allocate(bytes.length);
      cuda.allocator().copyIn(here, MemorySegment.ofArray(bytes));
      other.allocator().copyAcross(there, here, cuda.allocator());
      cuda.allocator().copyIn(here, MemorySegment.ofArray(new byte[bytes.length])); // after the copy
      byte[] back = new byte[bytes.length];
      other.allocator().copyOut(there, MemorySegment.ofArray(back));
      check(Arrays.equals(bytes, back), "other bytes on cuda:" + ordinal);
      seen.add("cuda:" + ordinal + (CudaDriver.deviceCanAccessPeer(cuda.gpu().handle(), other.gpu().handle()) ? " directly" : " through the host"));
    }
    if (seen.isEmpty()) {
      IllegalArgumentException e = thrown(IllegalArgumentException.class, () -> Cuda.opened(Device.of("cuda:1")));
      return "none: " + said(e);
    }
    return String.join(", ", seen);
  }

  /// A program that does nothing else: nothing runs on a GPU in a process after an illegal address.
  static final class IllegalAddress {
    public static void main(String[] arguments) {
      System.out.println(new CudaSmoke().anIllegalAddressNamesTheKernel());
    }
  }

  private String anIllegalAddressNamesTheKernel() {
    CudaBuffer x = floats(AddKernel.THREADS, 0, 0);
    Buffer nowhere = new Slice(x, 1L << 46, 4);
    add(1).run(List.of(List.of(nowhere, x, x)));
    CudaException e = thrown(CudaException.class, () -> cuda.stream().synchronize());
    check(said(e).contains("CUDA_ERROR_ILLEGAL_ADDRESS") && said(e).contains("the last of them: " + AddKernel.NAME + " (adds two vectors)"), said(e));
    return said(e);
  }
}
