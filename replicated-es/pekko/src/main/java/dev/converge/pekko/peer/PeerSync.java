package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.VectorForm;
import dev.converge.pekko.wire.WireException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Anti-entropy between nodes, as a state machine without threads or clocks: what arrives or happens
 * goes in, what to send and which entity to bother comes out.
 *
 * <pre>
 * tick           the smaller name of a pair sends IndexRoot; everybody says Hello now and then
 * IndexRoot      differs from mine?     answer IndexBuckets
 * IndexBuckets   differ from mine?      answer IndexEntries of some that do
 * IndexEntries   an entity differs?     I lack it whole: ask with an empty Digest; else let it send its own Digest
 * Digest         same vector as mine?   done. I have none of it: ask back. Else the entity answers
 * Events         to the entity
 * </pre>
 *
 * <p>Everything may be lost or doubled: the next tick starts afresh. A third replica's events are
 * found like any other, so what cannot come directly comes through whoever has it. Until the index
 * is complete after a start, differences are not looked for, but every question is answered.
 * Single-threaded. An idle node costs one message a tick and peer.
 */
public final class PeerSync {
  /** How many buckets of the index are compared in one round. */
  private static final int BUCKETS_A_ROUND = 16;

  /** How many entities one message may name, whole buckets rounded up. */
  private static final int ENTRIES_A_ROUND = 4_000;

  /** How many entities are brought together with one peer in one round. */
  private static final int ENTITIES_A_ROUND = 500;

  /** Every so many ticks a Hello. */
  private static final int HELLO_TICKS = 5;

  private final ReplicaId self;
  private final SortedSet<String> peers;
  private final EntityIndex index = new EntityIndex();
  private final TreeSet<ReplicaId> known;
  private boolean indexComplete;
  private long ticks;

  /**
   * Entities whose events came in this tick and in the one before: likely still on their way to the
   * others.
   */
  private Set<String> changedNow = new HashSet<>();

  private Set<String> changedBefore = new HashSet<>();

  /** Entities asked about in this tick and in the one before, by peer: give the answer time. */
  private Map<String, Set<String>> askedNow = new HashMap<>();

  private Map<String, Set<String>> askedBefore = new HashMap<>();

  /** What to do about an input. */
  public sealed interface Action {
    /** Send {@code message} to the node named {@code peer}. */
    record Send(String peer, PeerMessage message) implements Action {}

    /** Hand a {@code Digest} or {@code Events} to the entity, which wakes for it. */
    record Deliver(String key, String from, PeerMessage message) implements Action {}

    /** Let the entity send its own digest to {@code peer}. */
    record StartSync(String key, String peer) implements Action {}

    /** Remember a replica id that was not known. */
    record Learn(ReplicaId replica) implements Action {}
  }

  /**
   * A node that has not looked into its journal yet.
   *
   * @param self this replica
   * @param known every replica it has heard of
   * @param peers the configured names of the other nodes
   */
  public PeerSync(ReplicaId self, SortedSet<ReplicaId> known, Set<String> peers) {
    this.self = self;
    this.known = new TreeSet<>(known);
    this.peers = new TreeSet<>(peers);
  }

  /** An entity was found in the journal, at the start. */
  public void found(String key, VersionVector vector) {
    // What was committed meanwhile is newer than what the journal's reader saw.
    if (index.get(key) == 0) {
      index.put(key, vector);
    }
  }

  /** The whole journal has been looked through. */
  public void indexComplete() {
    indexComplete = true;
  }

  /** An entity's events were committed; {@code vector} is what it holds now. */
  public void committed(String key, VersionVector vector) {
    index.put(key, vector);
    changedNow.add(key);
  }

  /** Time passes: call about once a second. */
  public List<Action> tick() {
    List<Action> actions = new ArrayList<>();
    if (ticks % HELLO_TICKS == 0) {
      PeerMessage hello =
          new PeerMessage.Hello(self.toString(), known.stream().map(ReplicaId::toString).toList());
      peers.forEach(peer -> actions.add(new Action.Send(peer, hello)));
    }
    ticks++;
    changedBefore = changedNow;
    changedNow = new HashSet<>();
    askedBefore = askedNow;
    askedNow = new HashMap<>();
    if (indexComplete) {
      PeerMessage root = new PeerMessage.IndexRoot(index.root());
      peers.stream()
          .filter(peer -> self.name().compareTo(peer) < 0)
          .forEach(peer -> actions.add(new Action.Send(peer, root)));
    }
    return actions;
  }

  /**
   * A message came from the node named {@code from}.
   *
   * @throws WireException if it makes no sense; nothing has changed then
   */
  public List<Action> receive(String from, PeerMessage message) {
    List<Action> actions = new ArrayList<>();
    if (message instanceof PeerMessage.Hello hello) {
      hello(hello, actions);
    } else if (message instanceof PeerMessage.Digest digest) {
      digest(from, digest, actions);
    } else if (message instanceof PeerMessage.Events events) {
      actions.add(new Action.Deliver(Keys.key(events.type(), events.id()), from, events));
    } else if (indexComplete) {
      if (message instanceof PeerMessage.IndexRoot root && root.hash() != index.root()) {
        actions.add(new Action.Send(from, new PeerMessage.IndexBuckets(index.bucketHashes())));
      } else if (message instanceof PeerMessage.IndexBuckets buckets) {
        buckets(from, buckets, actions);
      } else if (message instanceof PeerMessage.IndexEntries entries) {
        entries(from, entries, actions);
      }
    }
    return actions;
  }

  private void hello(PeerMessage.Hello hello, List<Action> actions) {
    List<ReplicaId> theirs = new ArrayList<>();
    try {
      theirs.add(ReplicaId.parse(hello.replica()));
      hello.known().forEach(text -> theirs.add(ReplicaId.parse(text)));
    } catch (IllegalArgumentException e) {
      throw new WireException("a hello with a bad replica id: " + e.getMessage(), e);
    }
    for (ReplicaId replica : theirs) {
      if (known.add(replica)) {
        actions.add(new Action.Learn(replica));
      }
    }
  }

  private void buckets(String from, PeerMessage.IndexBuckets theirs, List<Action> actions) {
    if (theirs.hashes().size() != EntityIndex.BUCKETS) {
      throw new WireException(
          "an index of " + theirs.hashes().size() + " buckets, not " + EntityIndex.BUCKETS, null);
    }
    // Each round starts elsewhere, so that buckets under constant change do not starve the others.
    int start = (int) Math.floorMod(ticks * BUCKETS_A_ROUND, (long) EntityIndex.BUCKETS);
    List<Integer> chosen = new ArrayList<>();
    Map<String, Long> entries = new HashMap<>();
    for (int bucket : index.differing(theirs.hashes(), start, BUCKETS_A_ROUND)) {
      if (entries.size() < ENTRIES_A_ROUND) {
        chosen.add(bucket);
        entries.putAll(index.entries(bucket));
      }
    }
    if (!chosen.isEmpty()) {
      actions.add(new Action.Send(from, new PeerMessage.IndexEntries(chosen, entries)));
    }
  }

  private void entries(String from, PeerMessage.IndexEntries theirs, List<Action> actions) {
    Set<String> keys = new TreeSet<>(theirs.entries().keySet());
    for (int bucket : theirs.buckets()) {
      if (bucket < 0 || bucket >= EntityIndex.BUCKETS) {
        throw new WireException("an index has no bucket " + bucket, null);
      }
      keys.addAll(index.entries(bucket).keySet());
    }
    int left = ENTITIES_A_ROUND;
    for (String key : keys) {
      long mine = index.get(key);
      Long their = theirs.entries().get(key);
      if ((their == null ? 0 : their) == mine || recent(key, from)) {
        continue;
      }
      if (left-- == 0) {
        return;
      }
      askedNow.computeIfAbsent(from, f -> new HashSet<>()).add(key);
      if (mine == 0) {
        actions.add(new Action.Send(from, wholeOf(Keys.typeOf(key), Keys.idOf(key))));
      } else {
        actions.add(new Action.StartSync(key, from));
      }
    }
  }

  private boolean recent(String key, String peer) {
    return changedNow.contains(key)
        || changedBefore.contains(key)
        || askedNow.getOrDefault(peer, Set.of()).contains(key)
        || askedBefore.getOrDefault(peer, Set.of()).contains(key);
  }

  private void digest(String from, PeerMessage.Digest digest, List<Action> actions) {
    String key = Keys.key(digest.type(), digest.id());
    long theirs = EntityIndex.fingerprint(VectorForm.read(digest.vector()));
    long mine = index.get(key);
    if (mine != 0 && mine == theirs) {
      return;
    }
    if (mine == 0 && indexComplete) {
      if (digest.mutual() && theirs != 0) {
        actions.add(new Action.Send(from, wholeOf(digest.type(), digest.id())));
      }
      return;
    }
    actions.add(new Action.Deliver(key, from, digest));
  }

  private static PeerMessage wholeOf(String type, String id) {
    return new PeerMessage.Digest(type, id, Map.of(), false);
  }
}
