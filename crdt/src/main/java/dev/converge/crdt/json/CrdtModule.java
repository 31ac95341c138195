package dev.converge.crdt.json;

import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.Module;
import dev.converge.crdt.binary.DecodingLimits;
import java.util.Objects;

/**
 * Teaches a Jackson {@code ObjectMapper} the types of {@link dev.converge.crdt}.
 *
 * <pre>{@code
 * ObjectMapper mapper = JsonMapper.builder().addModule(new CrdtModule()).build();
 * String json = mapper.writeValueAsString(set);
 * ORSet<String> read = mapper.readValue(json, new TypeReference<ORSet<String>>() {});
 * }</pre>
 *
 * <p>Elements, keys and values are written and read by that mapper, as their static types say; no
 * default typing is needed and no class name is read. What is not such a value gives a {@code
 * JsonMappingException} that says what is wrong. Limits on bytes, depth and lengths of strings are
 * those of the mapper's {@code StreamReadConstraints}; {@link CrdtJson} sets them.
 */
public final class CrdtModule extends Module {
  private final DecodingLimits limits;

  /** With the limits' defaults. */
  public CrdtModule() {
    this(DecodingLimits.DEFAULT);
  }

  /**
   * With these limits.
   *
   * @param limits of which those on elements and on the depth of variants are kept here
   */
  public CrdtModule(DecodingLimits limits) {
    this.limits = Objects.requireNonNull(limits, "limits");
  }

  @Override
  public String getModuleName() {
    return "converge-crdt";
  }

  @Override
  public Version version() {
    return new Version(1, 0, 0, null, "dev.converge", "converge-crdt");
  }

  @Override
  public void setupModule(SetupContext context) {
    context.addSerializers(new CrdtSerializers());
    context.addDeserializers(new CrdtDeserializers(limits));
  }
}
