package dev.converge.crdt.binary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Strings. Side by side, each leaves out the bytes that it begins with like the one before
 * (front-coding), as three columns: bytes left out, bytes that follow, and those bytes. If all of
 * them are UUIDs, they are written as such. The first byte says which.
 */
final class StringCodec implements ElementCodec<String> {
  static final StringCodec INSTANCE = new StringCodec();

  private static final int FRONT_CODED = 0;
  private static final int UUIDS = 1;

  /** The most that is left out: so that few bytes cannot become ever so many long strings. */
  static final int MAX_SHARED = 255;

  private StringCodec() {}

  @Override
  public String name() {
    return "string";
  }

  @Override
  public void write(BinaryWriter out, String value) {
    out.writeString(value);
  }

  @Override
  public String read(BinaryReader in) {
    return in.readString();
  }

  /** By code points, which is also the order of the bytes. */
  @Override
  public int compare(String a, String b) {
    return Utf8.compare(a, b);
  }

  @Override
  public void writeAll(BinaryWriter out, List<? extends String> values) {
    int mark = out.size();
    if (UuidText.writeAll(out.writeByte(UUIDS), values)) {
      return;
    }
    out.truncate(mark);
    out.writeByte(FRONT_CODED);
    BinaryWriter lengths = new BinaryWriter(values.size());
    BinaryWriter suffixes = new BinaryWriter(8 * values.size());
    BinaryWriter last = new BinaryWriter();
    BinaryWriter current = new BinaryWriter();
    for (String value : values) {
      current.truncate(0);
      current.writeUtf8(value, 0, value.length());
      int shared = shared(last, current);
      out.writeVarint(shared);
      lengths.writeVarint(current.size() - shared);
      suffixes.writeRaw(current.buffer(), shared, current.size() - shared);
      BinaryWriter free = last;
      last = current;
      current = free;
    }
    out.writeRaw(lengths).writeRaw(suffixes);
  }

  private static int shared(BinaryWriter last, BinaryWriter current) {
    int most = Math.min(MAX_SHARED, Math.min(last.size(), current.size()));
    int differs = Arrays.mismatch(last.buffer(), 0, most, current.buffer(), 0, most);
    return differs < 0 ? most : differs;
  }

  @Override
  public List<String> readAll(BinaryReader in, int count) {
    int form = in.readByte();
    if (form > UUIDS || (form == UUIDS && count == 0)) {
      throw in.malformed("strings in form " + form + ", which is not known");
    }
    return form == UUIDS ? UuidText.readAll(in, count) : readFrontCoded(in, count);
  }

  private static List<String> readFrontCoded(BinaryReader in, int count) {
    in.checkCount(count, 2);
    byte[] shared = new byte[count];
    for (int i = 0; i < count; i++) {
      shared[i] = (byte) in.readInt(MAX_SHARED);
    }
    int[] lengths = new int[count];
    for (int i = 0; i < count; i++) {
      lengths[i] = in.readInt(in.limits().maxStringBytes());
    }
    List<String> values = new ArrayList<>(count);
    Lately lately = new Lately(values);
    byte[] bytes = new byte[64];
    int length = 0;
    // Negative unless all bytes of the string are ASCII, or of one that it begins like.
    int high = 0;
    for (int i = 0; i < count; i++) {
      int before = length;
      int from = shared[i] & 0xFF;
      length = from + lengths[i];
      if (from > before || length > in.limits().maxStringBytes()) {
        throw in.malformed("a string that begins with more than there is, or is too long");
      }
      in.require(lengths[i]);
      if (length > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(length, 2 * bytes.length));
      }
      byte old = from < before ? bytes[from] : 0;
      int added = in.readShort(bytes, from, lengths[i]);
      high = from == 0 ? added : high | added;
      if (lengths[i] > 0 && from < before && from < MAX_SHARED && bytes[from] == old) {
        throw in.malformed("a string that leaves out too little");
      }
      lately.add(high >= 0 ? Utf8.ascii(bytes, 0, length) : Utf8.string(bytes, 0, length, in));
    }
    if (UuidText.areAll(values)) {
      throw in.malformed("UUIDs that are not written as such");
    }
    return values;
  }

  /** Adds strings to a list; one that comes again and again is one object. */
  private static final class Lately {
    private static final int SLOTS = 64;

    private final List<String> values;
    private final int[] hashes = new int[SLOTS];
    private final int[] places = new int[SLOTS];

    Lately(List<String> values) {
      this.values = values;
      // No hash that belongs to slot 0.
      hashes[0] = 1;
    }

    void add(String value) {
      int hash = value.hashCode();
      int slot = hash & SLOTS - 1;
      if (hashes[slot] == hash) {
        String before = values.get(places[slot]);
        values.add(before.equals(value) ? before : value);
        return;
      }
      hashes[slot] = hash;
      places[slot] = values.size();
      values.add(value);
    }
  }
}
