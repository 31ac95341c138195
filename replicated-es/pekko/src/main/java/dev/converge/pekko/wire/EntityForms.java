package dev.converge.pekko.wire;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.binary.DecodingException;
import java.util.List;

/**
 * The bytes of a question for the rows of one entity, and of its answer. Reading takes the input as
 * hostile. Thread-safe; O(bytes).
 */
public final class EntityForms {
  /**
   * The question.
   *
   * @param key type and id of the entity
   * @param afterPosition the position, of whoever answers, behind which to begin
   */
  public record Ask(String key, long afterPosition) {}

  /**
   * The answer.
   *
   * @param rows in the order of the answerer's commits
   * @param lastPosition the answerer's position of the last one
   * @param isLast whether there are no more
   */
  public record Rows(List<LogRow> rows, long lastPosition, boolean isLast) {}

  private EntityForms() {}

  /** The bytes of a question. */
  public static byte[] ask(String key, long afterPosition) {
    return new BinaryWriter().writeString(key).writeVarint(afterPosition).toByteArray();
  }

  /**
   * Reads {@link #ask}.
   *
   * @throws WireException if the bytes are anything else
   */
  public static Ask readAsk(byte[] bytes) {
    try {
      BinaryReader in = new BinaryReader(bytes, PeerMessageCodec.LIMITS);
      Ask ask = new Ask(in.readString(), in.readNatural());
      in.expectEnd();
      return ask;
    } catch (DecodingException e) {
      throw new WireException("not a question for an entity's rows: " + e.getMessage(), e);
    }
  }

  /** The bytes of an answer. */
  public static byte[] rows(Rows rows) {
    BinaryWriter out = new BinaryWriter();
    out.writeVarint(rows.lastPosition()).writeBoolean(rows.isLast());
    Sealed.write(out, RowsCodec.encode(rows.rows()));
    return out.toByteArray();
  }

  /**
   * Reads {@link #rows}.
   *
   * @throws WireException if the bytes are anything else
   */
  public static Rows readRows(byte[] bytes) {
    try {
      BinaryReader in = new BinaryReader(bytes, PeerMessageCodec.LIMITS);
      long lastPosition = in.readNatural();
      boolean isLast = in.readBoolean();
      List<LogRow> rows = RowsCodec.decode(Sealed.read(in));
      in.expectEnd();
      return new Rows(rows, lastPosition, isLast);
    } catch (DecodingException | IllegalArgumentException e) {
      throw new WireException("not an entity's rows: " + e.getMessage(), e);
    }
  }
}
