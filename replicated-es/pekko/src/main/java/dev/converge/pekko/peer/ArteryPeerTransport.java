package dev.converge.pekko.peer;

import dev.converge.pekko.wire.PeerFrame;
import java.util.HashMap;
import java.util.Map;
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
 * Frames over Pekko remoting, by address and without remote watch, so that nothing is quarantined
 * on its account. The actor system may be replaced under it: between {@link #detach} and the next
 * {@link #attach} frames are dropped, which the protocol above repairs.
 *
 * <p>Thread-safe.
 */
public final class ArteryPeerTransport implements PeerTransport {
  private static final Logger LOG = LoggerFactory.getLogger(ArteryPeerTransport.class);
  private static final String ACTOR = "converge-peer";

  /** Peer name to {@code host:port} or {@code pekko://system@host:port}. */
  private final Map<String, String> addresses;

  private volatile @Nullable Consumer<byte[]> receiver;
  private volatile @Nullable Link link;

  private record Link(ActorSystem system, ActorRef actor, Map<String, ActorSelection> selections) {}

  /**
   * A transport that is not attached yet.
   *
   * @param self this node's configured name
   * @param addresses peer name to {@code host:port}, where an actor system of the same name as the
   *     attached one is, or to {@code pekko://system@host:port}
   */
  public ArteryPeerTransport(String self, Map<String, String> addresses) {
    this.addresses = new HashMap<>(addresses);
    this.addresses.remove(self);
  }

  /** Uses {@code system} from now on. */
  public synchronized void attach(ActorSystem system) {
    detach();
    ActorRef actor = system.actorOf(Props.create(Receiver.class, () -> new Receiver(this)), ACTOR);
    link = new Link(system, actor, selections(system));
  }

  private Map<String, ActorSelection> selections(ActorSystem system) {
    Map<String, ActorSelection> selections = new HashMap<>();
    addresses.forEach(
        (name, address) -> {
          String full =
              address.contains("://") ? address : "pekko://" + system.name() + "@" + address;
          selections.put(name, system.actorSelection(full + "/user/" + ACTOR));
        });
    return Map.copyOf(selections);
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
  public synchronized void setPeer(String peer, String address) {
    addresses.put(peer, address);
    renew();
  }

  @Override
  public synchronized void removePeer(String peer) {
    addresses.remove(peer);
    renew();
  }

  private void renew() {
    Link old = link;
    if (old != null) {
      link = new Link(old.system(), old.actor(), selections(old.system()));
    }
  }

  @Override
  public void send(String peer, byte[] frame) {
    Link current = link;
    ActorSelection selection = current == null ? null : current.selections().get(peer);
    if (selection != null) {
      selection.tell(new PeerFrame(frame), ActorRef.noSender());
    } else if (current != null) {
      LOG.debug("no address is known of peer '{}'; a frame to it is dropped", peer);
    }
  }

  @Override
  public void onReceive(Consumer<byte[]> receiver) {
    this.receiver = receiver;
  }

  private void received(PeerFrame frame) {
    Consumer<byte[]> current = receiver;
    if (current != null) {
      current.accept(frame.bytes());
    }
  }

  private static final class Receiver extends AbstractActor {
    private final ArteryPeerTransport transport;

    Receiver(ArteryPeerTransport transport) {
      this.transport = transport;
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder().match(PeerFrame.class, transport::received).build();
    }
  }
}
