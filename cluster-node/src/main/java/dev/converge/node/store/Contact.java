package dev.converge.node.store;

import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether this node has all that the others had a moment ago. It has of a bucket if it has heard
 * from each of them all the time since the two were seen to have the same in it. Thread-safe.
 */
final class Contact {
  /** Nodes compare twice a second; who is silent for longer than this is away. */
  static final long SILENCE_MILLIS = 5_000;

  private static final class Peer {
    long heardAt;
    boolean isHere;

    /** Buckets that were the same since it is here. */
    final BitSet same = new BitSet();
  }

  private final Map<String, Peer> peers = new TreeMap<>();

  /** With these others, all of which are away. */
  Contact(Set<String> names) {
    names.forEach(name -> peers.put(name, new Peer()));
  }

  /** A peer has said something. */
  synchronized void heard(String name, long now) {
    Peer peer = peers.get(name);
    if (peer != null) {
      look(peer, now);
      peer.isHere = true;
      peer.heardAt = now;
    }
  }

  /** A peer has of that bucket what is here, and it has nothing more that it did not show. */
  synchronized void same(String name, int bucket) {
    Peer peer = peers.get(name);
    if (peer != null && peer.isHere) {
      peer.same.set(bucket);
    }
  }

  /** A peer has what is here, and nothing more. */
  synchronized void same(String name) {
    Peer peer = peers.get(name);
    if (peer != null && peer.isHere) {
      peer.same.set(0, Buckets.COUNT);
    }
  }

  private static void look(Peer peer, long now) {
    if (peer.isHere && now - peer.heardAt > SILENCE_MILLIS) {
      peer.isHere = false;
      peer.same.clear();
    }
  }

  /** Whether all others are here. */
  synchronized boolean isWhole(long now) {
    peers.values().forEach(peer -> look(peer, now));
    return peers.values().stream().allMatch(peer -> peer.isHere);
  }

  /** Whether nothing of a bucket can be unknown here but what is under way just now. */
  synchronized boolean isSure(int bucket) {
    return peers.values().stream().allMatch(peer -> peer.isHere && peer.same.get(bucket));
  }
}
