package org.teenygrad.bench;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The cases of a command, in groups.
///
/// @param families of cases whose size is in their names
record CaseTable(List<Group> groups, List<Family> families) {
  /// Cases that are measured in one run.
  record Group(String name, Supplier<? extends List<? extends ComparedCase>> cases) {}

  /// @param form of the names
  /// @param byName null for a name of another form
  record Family(String form, Function<String, @Nullable ComparedCase> byName) {}

  /// The cases of groups and those of names, each once; all if neither is given.
  /// @throws IllegalArgumentException if there is no such group or case
  List<ComparedCase> of(List<String> groupNames, List<String> names) {
    if (groupNames.isEmpty() && names.isEmpty()) {
      return all().toList();
    }
    Set<String> seen = new LinkedHashSet<>();
    Stream<ComparedCase> asked = Stream.concat(groupNames.stream().map(this::group).flatMap(CaseTable::cases),
        names.stream().map(this::of));
    return asked.filter(what -> seen.add(what.name())).toList();
  }

  /// @throws IllegalArgumentException if there is no case of this name
  ComparedCase of(String name) {
    return Stream.concat(all().filter(what -> what.name().equals(name)),
        families.stream().map(family -> family.byName.apply(name)).filter(Objects::nonNull))
        .findFirst().orElseThrow(() -> new IllegalArgumentException("no case '" + name + "'; there are "
            + Stream.concat(all().map(ComparedCase::name), families.stream().map(Family::form)).collect(Collectors.joining(", "))));
  }

  private Stream<ComparedCase> all() {
    return groups.stream().flatMap(CaseTable::cases);
  }

  private static Stream<ComparedCase> cases(Group group) {
    return group.cases.get().stream().map(what -> what);
  }

  private Group group(String name) {
    return groups.stream().filter(group -> group.name.equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException(
        "no group '" + name + "'; there are " + groups.stream().map(Group::name).collect(Collectors.joining(", "))));
  }
}
