package dev.converge.engine.event;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Writes the form that {@link ContentHash} documents. Changing it changes every hash. */
final class CanonicalForm {
  private ByteBuffer buffer = ByteBuffer.allocate(256);

  CanonicalForm u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  CanonicalForm i32(int value) {
    room(4).putInt(value);
    return this;
  }

  CanonicalForm i64(long value) {
    room(8).putLong(value);
    return this;
  }

  CanonicalForm text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    room(2 + utf8.length).putShort((short) utf8.length).put(utf8);
    return this;
  }

  CanonicalForm replica(ReplicaId replica) {
    return text(replica.name()).i64(replica.incarnation());
  }

  CanonicalForm dot(Dot dot) {
    return replica(dot.replica()).i64(dot.sequence());
  }

  CanonicalForm context(CausalContext context) {
    var entries = context.vector().entries();
    i32(entries.size());
    entries.forEach((replica, sequence) -> replica(replica).i64(sequence));
    i32(context.cloud().size());
    context.cloud().forEach(this::dot);
    return this;
  }

  void feed(MessageDigest digest) {
    digest.update(buffer.array(), 0, buffer.position());
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      ByteBuffer larger =
          ByteBuffer.allocate(Math.max(buffer.capacity() * 2, buffer.position() + bytes));
      buffer = larger.put(buffer.flip());
    }
    return buffer;
  }
}
