package dev.converge.pekko.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.CountedRequest;
import dev.converge.engine.fold.FoldCheckpoint;
import dev.converge.engine.fold.HeldConflict;
import dev.converge.engine.fold.Judged;
import dev.converge.pekko.StateCodec;
import dev.converge.pekko.wire.WireException;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The bytes of an {@link EntityCheckpoint}: SHA-256 over the rest, then one CBOR array
 *
 * <pre>
 * [1, schema version, version of the state's form, position, covered, size, dropped,
 *  time, last dot or null, vector, state, kept, requests, conflicts]
 * </pre>
 *
 * <p>The first element is the version of this form. Payloads are in the form of the schema version
 * that wrote the checkpoint; envelopes keep their own version and hash. Thread-safe; O(bytes).
 *
 * @param <S> the states
 * @param <E> the events
 */
public final class CheckpointForm<S, E> {
  private final Payloads<E> payloads;
  private final StateCodec<S> states;

  /** How payloads become bytes, in which version, and how those of older versions are read. */
  public interface Payloads<E> {
    /** The version that is written, and the newest that is read. */
    int schemaVersion();

    /** The bytes of a payload, in that version. */
    byte[] encode(E payload);

    /**
     * The payload of bytes of {@code version}, which is not newer.
     *
     * @throws WireException if they stand for none
     */
    E decode(byte[] bytes, int version);
  }

  /** A form for payloads and states. */
  public CheckpointForm(Payloads<E> payloads, StateCodec<S> states) {
    this.payloads = payloads;
    this.states = states;
  }

  /** The bytes of {@code checkpoint}. */
  public byte[] encode(EntityCheckpoint<S, E> checkpoint) {
    FoldCheckpoint<S, E> fold = checkpoint.fold();
    ArrayNode body =
        new CheckpointHeader(
                payloads.schemaVersion(),
                states.version(),
                checkpoint.position(),
                checkpoint.covered(),
                fold.size(),
                fold.dropped())
            .start();
    body.add(fold.time().packed()).add(Parts.of(fold.last()));
    body.add(Parts.of(fold.vector()));
    body.add(states.encode(fold.state()));
    body.add(Parts.list(fold.kept(), this::judged));
    body.add(
        Parts.list(
            fold.requests(),
            one ->
                Parts.array()
                    .add(one.id().value())
                    .add(Parts.of(one.dot()))
                    .add(one.time().packed())));
    body.add(Parts.list(fold.conflicts(), this::conflict));
    return CheckpointHeader.seal(body);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireException if it cannot be used: damaged, of a newer form or schema than this node
   *     knows, or with a state that the codec does not read
   */
  public EntityCheckpoint<S, E> decode(byte[] bytes) {
    try {
      JsonNode body = CheckpointHeader.open(bytes);
      CheckpointHeader header = CheckpointHeader.of(body);
      if (header.schemaVersion() > payloads.schemaVersion()) {
        throw new WireException(
            "a checkpoint with events of schema version "
                + header.schemaVersion()
                + "; this node knows "
                + payloads.schemaVersion(),
            null);
      }
      Reader reader = new Reader(header.schemaVersion());
      FoldCheckpoint<S, E> fold =
          new FoldCheckpoint<>(
              states.decode(Parts.bytes(body, 10), header.stateVersion()),
              header.size(),
              Parts.time(body, 7),
              Parts.dotOrNull(Parts.part(body, 8)),
              Parts.vector(body, 9),
              header.dropped(),
              Parts.list(body, 11, reader::judged),
              Parts.list(body, 12, CheckpointForm::request),
              Parts.list(body, 13, reader::conflict));
      return new EntityCheckpoint<>(fold, header.covered(), header.position());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new WireException("not a checkpoint: " + e.getMessage(), e);
    }
  }

  private ArrayNode judged(Judged<E> judged) {
    ReplicatedEvent<E> event = judged.event();
    OriginId origin = event.originId();
    ArrayNode node = Parts.array();
    node.add(Parts.of(event.dot())).add(event.time().packed()).add(Parts.of(event.context()));
    node.add(event.schemaVersion()).add(origin == null ? null : origin.value());
    node.add(event.hash().bytes()).add(payloads.encode(event.payload()));
    return node.add(decision(judged.decision())).add(Parts.of(judged.duplicateOf()));
  }

  private ArrayNode decision(Decision<E> decision) {
    ArrayNode node = Parts.array();
    if (decision instanceof Decision.Apply<E> apply) {
      return node.add("apply").add(apply.reason());
    }
    if (decision instanceof Decision.Discard<E> discard) {
      return node.add("discard").add(discard.reason());
    }
    if (decision instanceof Decision.Replace<E> replace) {
      return node.add("replace").add(replace.reason()).add(payloads.encode(replace.event()));
    }
    Decision.Escalate<E> escalate = (Decision.Escalate<E>) decision;
    return node.add("escalate").add(escalate.reason()).add(escalate.applied());
  }

  private ArrayNode conflict(HeldConflict<E> conflict) {
    Escalation escalation = conflict.escalation();
    ArrayNode node = Parts.array();
    node.add(Parts.of(escalation.id())).add(escalation.reason()).add(escalation.applied());
    node.add(Parts.list(escalation.sides(), Parts::of));
    node.add(Parts.list(escalation.open(), Parts::of));
    node.add(Parts.list(escalation.decidedBy(), Parts::of));
    return node.add(Parts.list(conflict.sides(), this::judged));
  }

  private static CountedRequest request(JsonNode node) {
    return new CountedRequest(
        new OriginId(Parts.text(node, 0)), Parts.dot(Parts.part(node, 1)), Parts.time(node, 2));
  }

  private final class Reader {
    private final int schemaVersion;

    Reader(int schemaVersion) {
      this.schemaVersion = schemaVersion;
    }

    Judged<E> judged(JsonNode node) {
      String origin = Parts.textOrNull(node, 4);
      ReplicatedEvent<E> event =
          new ReplicatedEvent<>(
              Parts.dot(Parts.part(node, 0)),
              Parts.time(node, 1),
              Parts.context(Parts.part(node, 2)),
              Parts.integer(node, 3),
              origin == null ? null : new OriginId(origin),
              ContentHash.ofBytes(Parts.bytes(node, 5)),
              payload(node, 6));
      return new Judged<>(
          event, decision(Parts.part(node, 7)), Parts.dotOrNull(Parts.part(node, 8)));
    }

    private E payload(JsonNode node, int at) {
      return payloads.decode(Parts.bytes(node, at), schemaVersion);
    }

    private Decision<E> decision(JsonNode node) {
      String word = Parts.text(node, 0);
      return switch (word) {
        case "apply" -> new Decision.Apply<>(Parts.textOrNull(node, 1));
        case "discard" -> new Decision.Discard<>(Parts.text(node, 1));
        case "replace" -> new Decision.Replace<>(payload(node, 2), Parts.text(node, 1));
        case "escalate" -> new Decision.Escalate<>(Parts.text(node, 1), Parts.flag(node, 2));
        default -> throw new WireException("no decision is called '" + word + "'", null);
      };
    }

    HeldConflict<E> conflict(JsonNode node) {
      List<Judged<E>> sides = Parts.list(node, 6, this::judged);
      return new HeldConflict<>(
          new Escalation(
              Parts.dot(Parts.part(node, 0)),
              Parts.text(node, 1),
              Parts.flag(node, 2),
              dots(node, 3),
              dots(node, 4),
              Parts.list(node, 5, Parts::dot)),
          sides);
    }

    private SortedSet<Dot> dots(JsonNode node, int at) {
      return Collections.unmodifiableSortedSet(new TreeSet<>(Parts.list(node, at, Parts::dot)));
    }
  }
}
