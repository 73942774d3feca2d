package org.teenygrad;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Devices in rows and columns: each rank of a program that runs on many has a place in it, one number for each named axis. Ranks
/// count along the last axis first. PyTorch's `DeviceMesh`.
///
/// A mesh belongs to one rank: the others have meshes of their own that differ in [#rank()] and [#device()] alone. Two meshes are
/// the same only if they are one object.
public final class Mesh {
  /// @param name what the axis is for, `data` or `model`
  /// @param size how many devices lie along it
  public record Axis(String name, int size) {
    @Override
    public String toString() {
      return name + "=" + size;
    }
  }

  private final List<Axis> axes;
  private final int rank;
  private final Device device;

  /// @param axes outermost first
  /// @param rank whose mesh this is, from 0
  /// @param device where that rank computes
  /// @throws IllegalArgumentException if an axis has no device, two have one name or there is no such rank
  public Mesh(List<Axis> axes, int rank, Device device) {
    this.axes = List.copyOf(axes);
    this.rank = rank;
    this.device = device;
    Map<String, Axis> names = new LinkedHashMap<>();
    for (Axis axis : axes) {
      if (axis.size() < 1) {
        throw new IllegalArgumentException("mesh: axis " + axis + "; each axis has at least one device");
      }
      if (names.put(axis.name(), axis) != null) {
        throw new IllegalArgumentException("mesh: two axes are called \"" + axis.name() + "\"");
      }
    }
    if (rank < 0 || rank >= size()) {
      throw new IllegalArgumentException("mesh: rank " + rank + " of " + this + ", which has " + size());
    }
  }

  /// The axes, outermost first.
  public List<Axis> axes() {
    return axes;
  }

  /// Whose mesh this is.
  public int rank() {
    return rank;
  }

  /// Where this rank computes.
  public Device device() {
    return device;
  }

  /// How many devices there are.
  public int size() {
    return axes.stream().mapToInt(Axis::size).reduce(1, Math::multiplyExact);
  }

  /// The number of an axis.
  /// @throws IllegalArgumentException if there is none of that name
  public int axis(String name) {
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("mesh: no axis \"" + name + "\" in " + this);
  }

  /// Where this rank is along an axis, from 0.
  public int coordinate(int axis) {
    return rank / stride(axis) % axes.get(axis).size();
  }

  /// The ranks that differ from this one along an axis alone, itself included, in order.
  public List<Integer> ranks(int axis) {
    List<Integer> ranks = new ArrayList<>();
    int stride = stride(axis);
    int first = rank - coordinate(axis) * stride;
    for (int i = 0; i < axes.get(axis).size(); i++) {
      ranks.add(first + i * stride);
    }
    return ranks;
  }

  private int stride(int axis) {
    int stride = 1;
    for (int i = axis + 1; i < axes.size(); i++) {
      stride *= axes.get(i).size();
    }
    return stride;
  }

  @Override
  public String toString() {
    return axes.stream().map(Axis::toString).collect(Collectors.joining(", ", "(", ")"));
  }
}
