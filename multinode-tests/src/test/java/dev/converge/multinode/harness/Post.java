package dev.converge.multinode.harness;

import dev.converge.multinode.NodeContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Props;

/** An actor in each node's JVM that keeps the letters that come. */
final class Post {
  private static final List<String> CAME = Collections.synchronizedList(new ArrayList<>());

  private static boolean open;

  private Post() {}

  /** Opens it, if it is not open yet. */
  static synchronized void open(NodeContext node) {
    if (!open) {
      open = true;
      node.system().actorOf(Props.create(Box.class, Box::new), "post");
    }
  }

  static void send(NodeContext node, String to, String letter) {
    node.system().actorSelection(node.address(to) + "/user/post").tell(letter, ActorRef.noSender());
  }

  static ArrayList<String> came() {
    return new ArrayList<>(CAME);
  }

  private static final class Box extends AbstractActor {
    @Override
    public Receive createReceive() {
      return receiveBuilder().match(String.class, CAME::add).build();
    }
  }
}
