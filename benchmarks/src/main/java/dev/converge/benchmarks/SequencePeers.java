package dev.converge.benchmarks;

import dev.converge.crdt.sequence.Trace;
import java.util.Arrays;
import org.automerge.Document;
import org.automerge.ObjectId;
import org.automerge.ObjectType;
import org.automerge.Transaction;

/** What sequences are compared with. */
final class SequencePeers {
  private SequencePeers() {}

  /** A gap buffer: what an editor for one user does. Not replicated: the floor. */
  static String gapBuffer(Trace trace) {
    GapBuffer buffer = new GapBuffer();
    buffer.replace(0, 0, trace.startContent());
    for (Trace.Transaction transaction : trace.transactions()) {
      for (Trace.Patch patch : transaction.patches()) {
        buffer.replace(patch.at(), patch.delete(), patch.insert());
      }
    }
    return buffer.toString();
  }

  /** Automerge, a transaction for each patch: what an editor that sends each keystroke does. */
  static String automerge(Trace trace) {
    Document document = new Document();
    ObjectId text;
    try (Transaction start = document.startTransaction()) {
      text = start.set(ObjectId.ROOT, "text", ObjectType.TEXT);
      start.spliceText(text, 0, 0, trace.startContent());
      start.commit();
    }
    for (Trace.Transaction transaction : trace.transactions()) {
      for (Trace.Patch patch : transaction.patches()) {
        try (Transaction edit = document.startTransaction()) {
          edit.spliceText(text, patch.at(), patch.delete(), patch.insert());
          edit.commit();
        }
      }
    }
    String result = document.text(text).orElse("");
    document.free();
    return result;
  }

  /** Of {@code char}s: the traces that it plays are ASCII. */
  private static final class GapBuffer {
    private char[] chars = new char[1024];
    private int gap;
    private int gapEnd = chars.length;

    void replace(int at, int delete, String insert) {
      if (at < gap) {
        int moved = gap - at;
        System.arraycopy(chars, at, chars, gapEnd - moved, moved);
        gap -= moved;
        gapEnd -= moved;
      } else if (at > gap) {
        int moved = at - gap;
        System.arraycopy(chars, gapEnd, chars, gap, moved);
        gap += moved;
        gapEnd += moved;
      }
      gapEnd += delete;
      if (gapEnd - gap < insert.length()) {
        int after = chars.length - gapEnd;
        int capacity = 2 * (chars.length + insert.length());
        char[] wider = Arrays.copyOf(chars, capacity);
        System.arraycopy(chars, gapEnd, wider, capacity - after, after);
        gapEnd = capacity - after;
        chars = wider;
      }
      insert.getChars(0, insert.length(), chars, gap);
      gap += insert.length();
    }

    @Override
    public String toString() {
      return new String(chars, 0, gap) + new String(chars, gapEnd, chars.length - gapEnd);
    }
  }
}
