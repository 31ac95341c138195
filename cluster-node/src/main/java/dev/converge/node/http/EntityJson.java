package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.engine.fold.Judged;
import dev.converge.node.entity.HostedType;
import dev.converge.node.json.Json;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.Erasure;
import dev.converge.pekko.FinalEvent;
import dev.converge.pekko.FinalFeed.FeedErasure;
import dev.converge.pekko.OpenConflict;
import dev.converge.pekko.RepairReport;
import dev.converge.pekko.ReplicaNames;
import java.time.Instant;

/** The JSON forms of what entities answer; replicas by the names that people know. */
final class EntityJson {
  private final ReplicaNames names;

  EntityJson(ReplicaNames names) {
    this.names = names;
  }

  <S> ObjectNode answer(HostedType<?, ?, S> type, EntityAnswer<S> answer) {
    ObjectNode node = Json.object().put("id", answer.id()).put("type", type.type().name());
    node.set("state", type.state(answer.state()));
    node.set("version", version(answer.version()));
    node.put("final", answer.isFinal());
    // Only where there are some: events that this node is too old to read.
    return answer.parked() == 0 ? node : node.put("parked", answer.parked());
  }

  /**
   * A page of a history.
   *
   * @param truncatedBefore the position of the first event that is still there
   */
  <E> ObjectNode history(HostedType<?, E, ?> type, HistoryPage<E> page, int truncatedBefore) {
    ObjectNode node = Json.object();
    ArrayNode events = node.putArray("events");
    for (Folded<E> folded : page.events()) {
      events.add(folded(type, folded));
    }
    return node.put("next", page.next()).put("truncatedBefore", truncatedBefore);
  }

  private <E> ObjectNode folded(HostedType<?, E, ?> type, Folded<E> folded) {
    ObjectNode node = event(type, folded.event(), folded.decision());
    ArrayNode concurrent = node.putArray("concurrentWith");
    folded.concurrentWith().forEach(dot -> concurrent.add(dot(dot)));
    Dot first = folded.duplicateOf();
    if (first != null) {
      node.set("duplicateOf", dot(first));
    }
    return node.put("final", folded.isFinal());
  }

  private <E> ObjectNode event(
      HostedType<?, E, ?> type, ReplicatedEvent<E> event, Decision<E> decision) {
    ObjectNode node = Json.object();
    node.set("dot", dot(event.dot()));
    node.put("time", event.time().toString());
    node.set("dependencies", version(event.context().vector()));
    node.set("event", type.event(event.payload()));
    node.put("decision", word(decision));
    node.put("reason", decision.why().orElse(null));
    if (decision instanceof Decision.Replace<E> replace) {
      node.set("replacement", type.event(replace.event()));
    }
    return node;
  }

  /** A final event of any entity. */
  <E> ObjectNode feed(HostedType<?, E, ?> type, String cursor, FinalEvent<E> event) {
    ObjectNode node =
        Json.object().put("cursor", cursor).put("type", event.type()).put("id", event.id());
    Folded<E> outcome = event.outcome();
    node.setAll(event(type, outcome.event(), outcome.decision()));
    Dot first = outcome.duplicateOf();
    if (first != null) {
      node.set("duplicateOf", dot(first));
    }
    return node.put("hasEffect", outcome.effect().isPresent() && first == null);
  }

  private static String word(Decision<?> decision) {
    if (decision instanceof Decision.Apply<?>) {
      return "applied";
    }
    if (decision instanceof Decision.Discard<?>) {
      return "discarded";
    }
    return decision instanceof Decision.Replace<?> ? "replaced" : "escalated";
  }

  /** A conflict; each side has the name by which it is chosen. */
  <E> ObjectNode conflict(HostedType<?, E, ?> type, OpenConflict<E> conflict) {
    Escalation escalation = conflict.escalation();
    ObjectNode node =
        Json.object()
            .put("id", new ConflictId(conflict.type(), conflict.id(), escalation.id()).text())
            .put("type", conflict.type())
            .put("entity", conflict.id())
            .put("reason", escalation.reason())
            .put("applied", escalation.applied());
    ArrayNode sides = node.putArray("sides");
    for (Judged<E> side : conflict.sides()) {
      ObjectNode shown = sides.addObject();
      shown.put("side", sideName(side.dot())).put("open", escalation.open().contains(side.dot()));
      shown.setAll(event(type, side.event(), side.decision()));
    }
    return node.put("context", conflict.token().text());
  }

  /** {@code node-1:3}. */
  String sideName(Dot dot) {
    return names.display(dot.replica()) + ":" + dot.sequence();
  }

  /** That an entity is erased: all that is told of it. */
  static ObjectNode erased(Erasure erasure) {
    return Json.object()
        .put("time", erasure.time().toString())
        .put("at", Instant.ofEpochMilli(erasure.time().millis()).toString())
        .put("by", erasure.dot().replica().name())
        .put("reason", erasure.reason());
  }

  /** The same in the feed, in the place of an event. */
  ObjectNode feed(FeedErasure one) {
    Erasure erasure = one.erasure();
    ObjectNode node =
        Json.object()
            .put("cursor", one.cursor().text())
            .put("type", one.entity().type())
            .put("id", one.entity().id());
    node.set("dot", dot(erasure.dot()));
    node.put("time", erasure.time().toString());
    node.putNull("event");
    return node.put("decision", "erased").put("reason", erasure.reason());
  }

  static ObjectNode repair(RepairReport report) {
    ObjectNode node =
        Json.object()
            .put("id", report.id())
            .put("type", report.type())
            .put("checked", report.checked());
    node.set("repaired", Json.tree(report.repaired()));
    return node;
  }

  JsonNode version(VersionVector version) {
    return Json.tree(names.display(version));
  }

  String name(ReplicaId replica) {
    return names.display(replica);
  }

  private JsonNode dot(Dot dot) {
    return Json.object().put("replica", name(dot.replica())).put("seq", dot.sequence());
  }
}
