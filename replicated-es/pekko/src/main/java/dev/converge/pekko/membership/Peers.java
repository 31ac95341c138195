package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.WireException;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whom this node has met, how it stands with them, and where they are found. */
final class Peers {
  private static final String STATE = "addresses";
  private static final int FORM = 1;
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

  private final Shell shell;
  private final TreeSet<String> configured;
  private final Supplier<Greeting.State> state;
  private final Supplier<TreeSet<ReplicaId>> first;
  private final Map<String, Formation.Peer> met = new TreeMap<>();
  private final Map<String, String> addresses = new TreeMap<>();

  /**
   * @param state how it stands with this node
   * @param first the members of epoch 0, if there are any
   */
  Peers(Shell shell, Supplier<Greeting.State> state, Supplier<TreeSet<ReplicaId>> first) {
    this.shell = shell;
    this.state = state;
    this.first = first;
    this.configured = new TreeSet<>(shell.link.peers());
    configured.add(shell.self().name());
  }

  TreeSet<String> configured() {
    return configured;
  }

  /** Reads what was learned before; may block. */
  void load() {
    String own = shell.settings.address();
    if (own != null) {
      addresses.put(shell.self().name(), own);
    }
    shell
        .log
        .state(STATE)
        .ifPresent(
            bytes ->
                FormReader.read("addresses", FORM, bytes, Greeting::addresses)
                    .forEach(addresses::putIfAbsent));
  }

  /** Connects to those who were learned of before. */
  void start() {
    addresses.forEach(this::connect);
  }

  private void connect(String name, String address) {
    if (!configured.contains(name)) {
      shell.link.addPeer(name, address);
    }
  }

  Map<String, String> addresses() {
    return addresses;
  }

  Greeting greeting() {
    return new Greeting(state.get(), first.get(), configured, addresses);
  }

  /** A peer said how it stands with it. */
  void heard(ReplicaId peer, Greeting greeting) {
    met.put(peer.name(), new Formation.Peer(peer, greeting));
    learn(peer.name(), greeting.addresses());
  }

  /** Where replicas are found, as one of them says; of itself it knows best. */
  void learn(String from, Map<String, String> more) {
    boolean changed = false;
    for (Map.Entry<String, String> e : more.entrySet()) {
      String name = e.getKey();
      boolean isNews =
          !name.equals(shell.self().name())
              && (name.equals(from)
                  ? !e.getValue().equals(addresses.get(name))
                  : !addresses.containsKey(name));
      if (isNews) {
        addresses.put(name, e.getValue());
        connect(name, e.getValue());
        changed = true;
      }
    }
    if (changed) {
      store();
      greet(true);
    }
  }

  /** Says no more to a node that is gone for good. */
  void forget(String name) {
    if (addresses.remove(name) != null) {
      store();
    }
    met.remove(name);
    shell.link.removePeer(name);
  }

  private void store() {
    byte[] bytes =
        FormWriter.write(
            FORM,
            out -> out.list(addresses.entrySet(), (o, e) -> o.text(e.getKey()).text(e.getValue())));
    shell.then(
        shell.log.putState(STATE, bytes),
        stored -> {},
        error ->
            LOG.warn("addresses cannot be stored: {}; they are learned again", error.toString()));
  }

  /** Who last answered to a name, and how it stood with it then. */
  Formation.@Nullable Peer met(String name) {
    return met.get(name);
  }

  /** Whether that very incarnation belongs to the same set of replicas as this one. */
  boolean isOfSameSet(ReplicaId peer) {
    Formation.Peer known = met.get(peer.name());
    return known != null
        && known.id().equals(peer)
        && known.greeting().state() == Greeting.State.FORMED
        && known.greeting().first().equals(first.get());
  }

  /** Whether that very incarnation lives. */
  boolean isAlive(ReplicaId replica) {
    return shell.link.isReachable(replica.name())
        && shell.link.replicaOf(replica.name()).filter(replica::equals).isPresent();
  }

  /** Tells the peers how it stands with this node. */
  void greet(boolean all) {
    for (String peer : shell.link.peers()) {
      if (shell.link.isReachable(peer)) {
        boolean isSame = shell.link.replicaOf(peer).filter(this::isOfSameSet).isPresent();
        if (all || !isSame) {
          say(peer, new Message.Hello(greeting(), !isSame));
        }
      }
    }
  }

  void say(String peer, Message message) {
    shell.link.send(peer, Message.encode(message));
  }

  /** Null, with a line in the log, if it cannot be read. */
  static @Nullable Greeting decode(String peer, byte[] greeting) {
    try {
      return Greeting.decode(greeting);
    } catch (WireException e) {
      LOG.warn("{} greets in a way that this node cannot read: {}", peer, e.getMessage());
      return null;
    }
  }
}
