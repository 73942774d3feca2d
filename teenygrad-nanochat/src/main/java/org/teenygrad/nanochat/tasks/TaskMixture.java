package org.teenygrad.nanochat.tasks;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.nanochat.data.Conversation;

/// Tasks in one, in a shuffled order that is the same each time.
record TaskMixture(List<Place> places) implements Task {
  /// nanochat's.
  private static final long SEED = 42;

  /// A conversation of a task.
  record Place(Task task, int index) {}

  static TaskMixture of(List<? extends Task> tasks) {
    List<Place> places = new ArrayList<>();
    for (Task task : tasks) {
      for (int i = 0; i < task.size(); i++) {
        places.add(new Place(task, i));
      }
    }
    new PythonRandom(SEED).shuffle(places);
    return new TaskMixture(places);
  }

  @Override
  public int size() {
    return places.size();
  }

  @Override
  public Conversation conversation(int index) {
    Place place = places.get(index);
    return place.task.conversation(place.index);
  }
}
