package org.teenygrad.engine.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.teenygrad.Device;
import org.teenygrad.testing.JavaProcess;

class CudaTest {
  @Test
  void absenceIsASentenceAndOpeningThrowsIt() {
    String absence = Cuda.absence();
    assumeTrue(absence != null, "this machine has a GPU");
    assertThat(absence).containsPattern("NVIDIA driver|compute capability");
    assertThatThrownBy(() -> Cuda.open(Device.of("cuda"))).isInstanceOf(IllegalArgumentException.class).hasMessage(absence);
    assertThat(Cuda.isPresent()).isFalse();
  }

  @Test
  void aLibraryThatIsNowhereIsNotFound() {
    assertThat(CudaLibrary.open(List.of("libnone.so.1", "/nowhere/libnone.so.1"))).isEmpty();
    assertThat(CudaLibrary.open(List.of("libnone.so.1", "libc.so.6"))).isPresent();
  }

  @Test
  void gpusThatAreTooOldAndDriversThatAreTooOldAreTold() {
    assertThat(gpu(6, 1).absence(13000)).isEqualTo("the Some GPU has compute capability 6.1; teenygrad needs 8.0");
    assertThat(gpu(9, 0).absence(11080)).isEqualTo("the NVIDIA driver knows CUDA 11.8; for the Some GPU teenygrad needs a driver for CUDA 12.4");
    assertThat(gpu(8, 0).absence(12010)).isNull();
    assertThat(gpu(9, 0).absence(12040)).isNull();
    assertThat(gpu(12, 0).absence(12010)).contains("CUDA 12.8");
  }

  @Test
  @Tag("gpu")
  void aGpuThatIsNotThereIsNotOpened() {
    assumeTrue(Cuda.isPresent(), () -> "no GPU: " + Cuda.absence());
    assertThatThrownBy(() -> Cuda.open(Device.of("cuda:99"))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no device 'cuda:99'");
  }

  @TestFactory
  @Tag("gpu")
  Stream<DynamicTest> onAGpu() {
    assumeTrue(Cuda.isPresent(), () -> "no GPU: " + Cuda.absence());
    return new CudaSmoke().checks().entrySet().stream()
        .map(check -> DynamicTest.dynamicTest(check.getKey(), () -> System.out.println(check.getKey() + ": " + check.getValue().run())));
  }

  @Test
  @Tag("gpu")
  void anIllegalAddressNamesTheKernel() {
    assumeTrue(Cuda.isPresent(), () -> "no GPU: " + Cuda.absence());
    assertThat(JavaProcess.run(CudaSmoke.IllegalAddress.class, List.of(), Map.of())).contains("CUDA_ERROR_ILLEGAL_ADDRESS");
  }

  static Gpu gpu(int major, int minor) {
    return new Gpu(0, 0, "Some GPU", major, minor, 80, 99 << 10, 8L << 30);
  }
}
