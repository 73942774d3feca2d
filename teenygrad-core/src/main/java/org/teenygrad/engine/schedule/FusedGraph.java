package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Program;

/// For watchers: which nodes of a graph each launch computes, and why there.
final class FusedGraph {
  private final Map<OpNode, Integer> slots;
  private final Map<OpNode, Group> groups = new HashMap<>();

  /// The buffers that some launch writes: what has merged with its only reader has none.
  private final Set<Integer> written = new HashSet<>();

  private FusedGraph(List<List<Binding>> launches, List<Group> groups, Map<OpNode, Integer> slots) {
    this.slots = slots;
    groups.forEach(group -> this.groups.put(group.root, group));
    launches.forEach(launch -> launch.forEach(run -> written.addAll(run.kernel().writes())));
  }

  /// @param slots the number of the buffer of every node that has one
  /// @param program that of a launch
  static List<Activity.Launch> launches(List<List<Binding>> launches, List<Group> groups, Map<OpNode, Integer> slots, Function<List<Binding>, Program> program) {
    FusedGraph graph = new FusedGraph(launches, groups, slots);
    return launches.stream().map(launch -> new Activity.Launch(program.apply(launch), launch.size(), graph.parts(launch, groups))).toList();
  }

  private List<Activity.Part> parts(List<Binding> launch, List<Group> all) {
    Set<Integer> own = new HashSet<>();
    launch.forEach(run -> own.addAll(run.kernel().writes()));
    List<Activity.Part> parts = new ArrayList<>();
    for (Group group : all) {
      Integer slot = slots.get(group.root);
      if (slot != null && own.contains(slot)) {
        Set<OpNode> nodes = new LinkedHashSet<>();
        addNodes(group, nodes);
        parts.add(new Activity.Part(group.root, slot, group.reason.text, group.operations, group.largeReads, List.copyOf(nodes)));
      }
    }
    return parts;
  }

  /// The nodes that are computed for a group: its own, and those of groups that have merged with it.
  private void addNodes(Group group, Set<OpNode> nodes) {
    for (Value value : group.values.keySet()) {
      Integer slot = slots.get(value.node);
      if (value.node == group.root || slot == null) {
        nodes.add(value.node);
      } else if (groups.containsKey(value.node) && !written.contains(slot) && nodes.add(value.node)) {
        addNodes(Objects.requireNonNull(groups.get(value.node)), nodes);
      }
    }
  }
}
