package dev.converge.node.entity;

import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.migration.MigrationAdapter;
import dev.converge.pekko.migration.OldEvent;
import dev.converge.pekko.migration.OldPayload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Old events that have the JSON form of a type's own, as its histories show them, by whichever
 * serializer they were written; also gzipped, as Pekko's Jackson serializer does with long ones.
 *
 * @param <E> the type's events
 */
public final class JsonMigration<E> implements MigrationAdapter<E> {
  private static final int LONGEST = 64 << 20;

  private final HostedType<?, E, ?> hosted;

  /** For that type. */
  public JsonMigration(HostedType<?, E, ?> hosted) {
    this.hosted = hosted;
  }

  @Override
  public String type() {
    return hosted.type().name();
  }

  @Override
  public Optional<E> event(OldEvent old) {
    Fields fields = Fields.of("the event", Json.read(plain((OldPayload) old.event())));
    E event = hosted.event(fields);
    fields.end();
    return Optional.of(event);
  }

  private static byte[] plain(OldPayload payload) {
    byte[] bytes = payload.bytes();
    boolean isGzip = bytes.length > 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
    if (!isGzip) {
      return bytes;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      byte[] plain = in.readNBytes(LONGEST + 1);
      if (plain.length > LONGEST) {
        throw new BadInputException("longer than " + LONGEST + " bytes");
      }
      return plain;
    } catch (IOException e) {
      throw new BadInputException("not gzip: " + e.getMessage());
    }
  }
}
