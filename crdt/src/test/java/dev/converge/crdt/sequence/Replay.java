package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;

/** Plays traces. */
public final class Replay {
  private Replay() {}

  /** Edits one patch at a time in one session. */
  public static TextSession sequentially(Trace trace) {
    TextSession session = Text.empty().edit(ReplicaId.of("author"));
    session.insert(0, trace.startContent());
    for (Trace.Transaction transaction : trace.transactions()) {
      apply(session, transaction);
    }
    return session;
  }

  private static void apply(TextSession session, Trace.Transaction transaction) {
    for (Trace.Patch patch : transaction.patches()) {
      if (patch.delete() > 0) {
        session.delete(patch.at(), patch.delete());
      }
      if (!patch.insert().isEmpty()) {
        session.insert(patch.at(), patch.insert());
      }
    }
  }

  /** What came of a concurrent trace: the writers' texts, and the delta of each transaction. */
  public record Concurrent(List<Text> replicas, List<Text> deltas) {}

  /**
   * Each agent is a replica, which merges what a transaction had seen before it edits. Agents see
   * more and more; a transaction that had seen less than its agent before it would be refused.
   */
  public static Concurrent concurrently(Trace trace) {
    int agents = trace.agents();
    List<Trace.Transaction> all = trace.transactions();
    List<TextSession> sessions = new ArrayList<>();
    List<boolean[]> seen = new ArrayList<>();
    for (int agent = 0; agent < agents; agent++) {
      sessions.add(Text.empty().edit(ReplicaId.of("agent-" + agent)));
      seen.add(new boolean[all.size()]);
    }
    List<Text> deltas = new ArrayList<>(all.size());
    for (int i = 0; i < all.size(); i++) {
      Trace.Transaction transaction = all.get(i);
      TextSession session = sessions.get(transaction.agent());
      boolean[] here = seen.get(transaction.agent());
      List<Integer> missing = new ArrayList<>();
      collect(all, transaction.parents(), here, missing);
      missing.sort(null);
      missing.forEach(id -> session.merge(deltas.get(id)));
      apply(session, transaction);
      deltas.add(session.takeDelta());
      here[i] = true;
    }
    List<Text> replicas = new ArrayList<>();
    for (int agent = 0; agent < agents; agent++) {
      for (int i = 0; i < all.size(); i++) {
        if (!seen.get(agent)[i]) {
          sessions.get(agent).merge(deltas.get(i));
        }
      }
      replicas.add(sessions.get(agent).value());
    }
    return new Concurrent(replicas, deltas);
  }

  private static void collect(
      List<Trace.Transaction> all, List<Integer> parents, boolean[] seen, List<Integer> missing) {
    List<Integer> open = new ArrayList<>(parents);
    while (!open.isEmpty()) {
      int id = open.remove(open.size() - 1);
      if (!seen[id]) {
        seen[id] = true;
        missing.add(id);
        open.addAll(all.get(id).parents());
      }
    }
  }
}
