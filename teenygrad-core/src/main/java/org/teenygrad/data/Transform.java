package org.teenygrad.data;

/// What is done to a field of each example, such as an image: the same at each call. See [ImageTransforms].
@FunctionalInterface
public interface Transform {
  NdArray apply(NdArray field);

  /// This, then another: PyTorch's `transforms.Compose`.
  /// ```java
  /// var transform = ImageTransforms.toFloat().then(ImageTransforms.normalize(0.1307, 0.3081));
  /// ```
  default Transform then(Transform next) {
    return field -> next.apply(apply(field));
  }
}
