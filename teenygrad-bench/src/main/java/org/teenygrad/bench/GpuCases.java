package org.teenygrad.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The table of `teenygrad bench cuda`.
final class GpuCases {
  /// Families of cases whose size is in their names.
  private static final List<Function<String, @Nullable GpuCase>> FAMILIES = List.of(ProductCases::of, AttentionCases::of);

  private GpuCases() {}

  /// Cases that are measured in one run.
  enum Group {
    ROWS(RowCases::all),
    PRODUCTS(ProductCases::all),
    ATTENTION(() -> Stream.concat(AttentionCases.all().stream(), DecodeCases.all().stream()).toList()),
    CONV(ConvolutionCases::all),
    INDEX(IndexCases::all),
    TRAINING(TrainingCases::all);

    private final Supplier<List<GpuCase>> cases;

    Group(Supplier<List<GpuCase>> cases) {
      this.cases = cases;
    }

    List<GpuCase> cases() {
      return cases.get();
    }

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException if there is none of this name
    static Group of(String text) {
      return Arrays.stream(values()).filter(group -> group.text().equals(text)).findFirst().orElseThrow(() -> new IllegalArgumentException(
          "no group '" + text + "'; there are " + String.join(", ", Arrays.stream(values()).map(Group::text).toList())));
    }
  }

  private static List<GpuCase> all() {
    return Arrays.stream(Group.values()).flatMap(group -> group.cases().stream()).toList();
  }

  /// The cases of groups and those of names, each once; all if neither is given.
  /// @throws IllegalArgumentException if there is no such group or case
  static List<GpuCase> of(List<String> groups, List<String> names) {
    if (groups.isEmpty() && names.isEmpty()) {
      return all();
    }
    Set<String> seen = new LinkedHashSet<>();
    Stream<GpuCase> asked = Stream.concat(groups.stream().map(Group::of).flatMap(group -> group.cases().stream()),
        names.stream().map(GpuCases::of));
    return asked.filter(what -> seen.add(what.name())).toList();
  }

  /// @throws IllegalArgumentException if there is no case of this name
  static GpuCase of(String name) {
    List<GpuCase> all = all();
    return Stream.concat(all.stream().filter(what -> what.name().equals(name)),
        FAMILIES.stream().map(family -> family.apply(name)).filter(Objects::nonNull))
        .findFirst().orElseThrow(() -> {
          List<String> known = new ArrayList<>(all.stream().map(GpuCase::name).toList());
          return new IllegalArgumentException(
              "no case '" + name + "'; there are " + String.join(", ", known) + ", " + ProductCases.FORM + " and " + AttentionCases.FORM);
        });
  }
}
