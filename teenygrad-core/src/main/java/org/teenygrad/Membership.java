package org.teenygrad;

/// Which numbers are among others.
final class Membership {
  private Membership() {}

  /// As PyTorch's `isin`: few others are all compared, more are sorted and searched; how many are few grows with the numbers looked up.
  static Tensor of(Tensor x, Tensor others) {
    int n = others.size(0);
    if (n < 10 * Math.pow((double) x.numel(), 0.145)) {
      return x.unsqueeze(-1).eq(others).any(new int[] {-1});
    }
    Tensor sorted = others.detach().sort(0, false).values();
    Tensor place = BinarySearch.places(sorted, x.detach(), false).clampMax(n - 1);
    return Positions.rows(sorted, place).eq(x.detach());
  }
}
