package dev.converge.node.cluster;

import java.util.function.LongConsumer;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;

/** Passes on that another system has quarantined this one. */
final class QuarantineListener extends AbstractActor {
  private final LongConsumer consumer;

  private QuarantineListener(LongConsumer consumer) {
    this.consumer = consumer;
  }

  static void start(ActorSystem system, LongConsumer consumer) {
    ActorRef listener =
        system.actorOf(
            Props.create(QuarantineListener.class, () -> new QuarantineListener(consumer)),
            "quarantine-listener");
    system.eventStream().subscribe(listener, ThisActorSystemQuarantinedEvent.class);
  }

  @Override
  public Receive createReceive() {
    return receiveBuilder()
        .match(
            ThisActorSystemQuarantinedEvent.class,
            event -> consumer.accept(event.remoteAddress().uid()))
        .build();
  }
}
