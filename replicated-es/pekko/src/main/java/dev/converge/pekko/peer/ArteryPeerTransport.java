package dev.converge.pekko.peer;

import dev.converge.pekko.wire.PeerEnvelope;
import dev.converge.pekko.wire.PeerMessage;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Peer messages over Pekko remoting, by address. The actor system may be replaced under it: between
 * {@link #detach} and the next {@link #attach} messages are dropped, which the protocol above
 * repairs.
 *
 * <p>Thread-safe.
 */
public final class ArteryPeerTransport implements PeerTransport {
  private static final Logger LOG = LoggerFactory.getLogger(ArteryPeerTransport.class);
  private static final String ACTOR = "converge-peer";

  private final String self;

  /** Peer name to the address of its actor system, as {@code pekko://system@host:port}. */
  private final Map<String, String> addresses;

  private volatile @Nullable Consumer<PeerEnvelope> receiver;
  private volatile @Nullable Link link;

  private record Link(ActorSystem system, ActorRef actor, Map<String, ActorSelection> selections) {}

  /**
   * A transport that is not attached yet.
   *
   * @param self this node's configured name
   * @param addresses peer name to the address of its actor system, as {@code
   *     pekko://system@host:port}
   */
  public ArteryPeerTransport(String self, Map<String, String> addresses) {
    this.self = self;
    this.addresses = Map.copyOf(addresses);
  }

  /** Uses {@code system} from now on. */
  public synchronized void attach(ActorSystem system) {
    ActorRef actor = system.actorOf(Props.create(Receiver.class, () -> new Receiver(this)), ACTOR);
    Map<String, ActorSelection> selections = new HashMap<>();
    addresses.forEach(
        (name, address) -> selections.put(name, system.actorSelection(address + "/user/" + ACTOR)));
    link = new Link(system, actor, Map.copyOf(selections));
  }

  /** Stops using the system it is attached to, if any. */
  public synchronized void detach() {
    Link old = link;
    link = null;
    if (old != null) {
      old.system().stop(old.actor());
    }
  }

  @Override
  public Set<String> peers() {
    return addresses.keySet();
  }

  @Override
  public void send(String peer, PeerMessage message) {
    Link current = link;
    if (current == null) {
      return;
    }
    ActorSelection selection = current.selections().get(peer);
    if (selection == null) {
      LOG.warn("no peer is configured by the name '{}'; a message to it is dropped", peer);
      return;
    }
    selection.tell(new PeerEnvelope(self, message), ActorRef.noSender());
  }

  @Override
  public void onReceive(Consumer<PeerEnvelope> receiver) {
    this.receiver = receiver;
  }

  private void received(PeerEnvelope envelope) {
    Consumer<PeerEnvelope> current = receiver;
    if (current == null) {
      return;
    }
    if (!addresses.containsKey(envelope.from())) {
      LOG.warn(
          "a message from '{}', which is not among this node's peers {}, is dropped;"
              + " list it under converge.peers",
          envelope.from(),
          addresses.keySet());
      return;
    }
    current.accept(envelope);
  }

  private static final class Receiver extends AbstractActor {
    private final ArteryPeerTransport transport;

    Receiver(ArteryPeerTransport transport) {
      this.transport = transport;
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder().match(PeerEnvelope.class, transport::received).build();
    }
  }
}
