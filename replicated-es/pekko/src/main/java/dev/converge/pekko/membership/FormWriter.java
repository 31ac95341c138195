package dev.converge.pekko.membership;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes small values as one CBOR array that begins with the version of its form. Equal values give
 * equal bytes. For one thread; {@link FormReader} reads it.
 */
final class FormWriter {
  static final CBORFactory FACTORY = new CBORFactory();

  private final CBORGenerator g;

  private FormWriter(CBORGenerator g) {
    this.g = g;
  }

  @FunctionalInterface
  private interface Writing {
    void run() throws IOException;
  }

  /** The bytes of what {@code body} writes. */
  static byte[] write(int form, Consumer<FormWriter> body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(128);
    try (CBORGenerator g = FACTORY.createGenerator(out)) {
      g.writeStartArray();
      g.writeNumber(form);
      body.accept(new FormWriter(g));
      g.writeEndArray();
    } catch (IOException e) {
      throw new WireException("cannot encode: " + e, e);
    }
    return out.toByteArray();
  }

  private FormWriter run(Writing writing) {
    try {
      writing.run();
    } catch (IOException e) {
      throw new WireException("cannot encode: " + e, e);
    }
    return this;
  }

  FormWriter number(long number) {
    return run(() -> g.writeNumber(number));
  }

  FormWriter flag(boolean flag) {
    return run(() -> g.writeBoolean(flag));
  }

  FormWriter text(@Nullable String text) {
    return run(() -> g.writeString(text));
  }

  FormWriter bytes(byte[] bytes) {
    return run(() -> g.writeBinary(bytes));
  }

  FormWriter time(HybridTimestamp time) {
    return number(time.packed());
  }

  FormWriter replica(ReplicaId replica) {
    return text(replica.name()).number(replica.incarnation());
  }

  /** A value that may be missing. */
  <T> FormWriter maybe(@Nullable T value, BiConsumer<FormWriter, T> form) {
    flag(value != null);
    if (value != null) {
      form.accept(this, value);
    }
    return this;
  }

  <T> FormWriter list(Collection<T> values, BiConsumer<FormWriter, T> form) {
    number(values.size());
    values.forEach(value -> form.accept(this, value));
    return this;
  }

  FormWriter replicas(Collection<ReplicaId> replicas) {
    return list(replicas, FormWriter::replica);
  }

  FormWriter vector(VersionVector vector) {
    Map<ReplicaId, Long> entries = vector.entries();
    return list(entries.entrySet(), (out, e) -> out.replica(e.getKey()).number(e.getValue()));
  }
}
