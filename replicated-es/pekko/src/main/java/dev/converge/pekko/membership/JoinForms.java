package dev.converge.pekko.membership;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.pekko.journal.ReplicaLog.ExportPage;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.util.List;
import java.util.Map;

/** What a replica that joins and those that let it in say to each other. */
final class JoinForms {
  static final String JOIN = "join";
  static final String EXPORT = "export";
  static final String FORMER = "former";
  private static final int FORM = 1;

  private JoinForms() {}

  /**
   * "Let me in".
   *
   * @param former what the sender's former incarnations knew to be decided; perhaps nobody else
   *     does
   * @param addresses where the sender is found
   */
  record Ask(List<EpochChange> former, Map<String, String> addresses) {
    byte[] encode() {
      return FormWriter.write(
          FORM,
          out ->
              out.list(former, MembershipForms::writeChange)
                  .list(addresses.entrySet(), (o, e) -> o.text(e.getKey()).text(e.getValue())));
    }

    static Ask decode(byte[] bytes) {
      return FormReader.read(
          "a wish to join",
          FORM,
          bytes,
          in -> new Ask(in.list(MembershipForms::readChange), Greeting.addresses(in)));
    }
  }

  /** What it is answered. */
  sealed interface Answer {
    /**
     * "Not yet".
     *
     * @param held what the answering one has
     * @param base what it needs before it can decide anything
     */
    record Wait(String reason, VersionVector held, VersionVector base) implements Answer {}

    /** "You count from here on; now get what I have". */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record LetIn(JoinRecord record, byte[] membership, byte[] marks) implements Answer {}

    /** "You never will: come with a new incarnation". */
    record TooLate() implements Answer {}

    static byte[] encode(Answer answer) {
      return FormWriter.write(
          FORM,
          out -> {
            if (answer instanceof Wait a) {
              out.number(1).text(a.reason()).vector(a.held()).vector(a.base());
            } else if (answer instanceof LetIn a) {
              MembershipForms.writeJoin(out.number(2), a.record());
              out.bytes(a.membership()).bytes(a.marks());
            } else {
              out.number(3);
            }
          });
    }

    static Answer decode(byte[] bytes) {
      return FormReader.read(
          "the answer to a wish to join",
          FORM,
          bytes,
          in -> {
            int kind = Math.toIntExact(in.number());
            return switch (kind) {
              case 1 -> new Wait(in.text(), in.vector(), in.vector());
              case 2 -> new LetIn(MembershipForms.readJoin(in), in.bytes(), in.bytes());
              case 3 -> new TooLate();
              default -> throw new WireException("an answer of kind " + kind, null);
            };
          });
    }
  }

  static byte[] cursor(byte[] cursor) {
    return FormWriter.write(FORM, out -> out.bytes(cursor));
  }

  static byte[] readCursor(byte[] bytes) {
    return FormReader.read("a question for a page", FORM, bytes, FormReader::bytes);
  }

  static byte[] page(ExportPage page) {
    return FormWriter.write(
        FORM, out -> out.bytes(page.body()).bytes(page.cursor()).vector(page.held()));
  }

  static ExportPage readPage(byte[] bytes) {
    return FormReader.read(
        "a page of a snapshot",
        FORM,
        bytes,
        in -> new ExportPage(in.bytes(), in.bytes(), in.vector()));
  }

  /** Rows of a former incarnation's database, without their positions. */
  static byte[] rows(List<LogRow> rows) {
    return FormWriter.write(FORM, out -> out.list(rows, JoinForms::writeRow));
  }

  static List<LogRow> readRows(byte[] bytes) {
    return FormReader.read("rows", FORM, bytes, in -> in.list(JoinForms::readRow));
  }

  private static void writeRow(FormWriter out, LogRow row) {
    out.replica(row.origin()).number(row.lsn()).vector(row.after());
    if (row.entry() instanceof LogEntry.Event event) {
      out.number(1).text(event.key()).bytes(event.encoded());
    } else if (row.entry() instanceof LogEntry.Join join) {
      out.number(2).bytes(join.encoded());
    } else if (row.entry() instanceof LogEntry.Floor floor) {
      out.number(3).vector(floor.seen());
    }
  }

  private static LogRow readRow(FormReader in) {
    var origin = in.replica();
    long lsn = in.number();
    VersionVector after = in.vector();
    int kind = Math.toIntExact(in.number());
    LogEntry entry =
        switch (kind) {
          case 1 -> new LogEntry.Event(in.text(), in.bytes());
          case 2 -> new LogEntry.Join(in.bytes());
          case 3 -> new LogEntry.Floor(in.vector());
          default -> throw new WireException("a row of kind " + kind, null);
        };
    return new LogRow(origin, lsn, after, entry, 0);
  }
}
