package dev.converge.node.entity;

import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entity types that a node serves: those that every node has, those that its configuration
 * declares, and those of a user's own, found on the class path or among plug-ins by {@link
 * ServiceLoader} as {@link HostedType}.
 */
public final class ReadyMadeTypes {
  private static final Logger LOG = LoggerFactory.getLogger(ReadyMadeTypes.class);
  private static final int MAX_FAILURES = 1_000;

  private ReadyMadeTypes() {}

  /**
   * Counter, cart, document types by name, and the user's own on the class path; of these, one that
   * cannot be loaded is left out and told of.
   */
  public static List<HostedType<?, ?, ?>> with(Map<String, DocumentTypeConfig> documents) {
    return with(documents, ReadyMadeTypes.class.getClassLoader());
  }

  /**
   * As above, the user's own from {@code plugins}; see {@link Plugins}. One that cannot be loaded,
   * or has the name of another, is left out and told of: a broken jar does not keep a node from
   * serving everything else.
   */
  public static List<HostedType<?, ?, ?>> with(
      Map<String, DocumentTypeConfig> documents, ClassLoader plugins) {
    return with(
        documents,
        plugins,
        problem -> LOG.error("an entity type of your own is left out: {}", problem));
  }

  static List<HostedType<?, ?, ?>> with(
      Map<String, DocumentTypeConfig> documents, ClassLoader plugins, Consumer<String> problems) {
    Map<String, HostedType<?, ?, ?>> types = new LinkedHashMap<>();
    List.of(new CounterType(), new CartType()).forEach(type -> types.put(type.type().name(), type));
    documents.forEach((name, rules) -> types.put(name, new DocumentType(name, rules)));
    var own = ServiceLoader.load(HostedType.class, plugins).iterator();
    // Each failure goes past what failed, by the iterator's contract; bounded if one did not.
    for (int failures = 0; failures < MAX_FAILURES; ) {
      try {
        if (!own.hasNext()) {
          break;
        }
        add(own.next(), types, problems);
      } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
        failures++;
        problems.accept(described(e));
      }
    }
    return List.copyOf(types.values());
  }

  private static void add(
      HostedType<?, ?, ?> own, Map<String, HostedType<?, ?, ?>> types, Consumer<String> problems) {
    HostedType<?, ?, ?> other = types.putIfAbsent(own.type().name(), own);
    if (other != null) {
      problems.accept(
          ("there are two entity types by the name '" + own.type().name() + "': ")
              + (other.getClass().getName() + " is served, " + own.getClass().getName())
              + " is not; rename one, or take its jar away");
    }
  }

  /** The message with the causes behind it: what is missing stands in the last of them. */
  private static String described(Throwable error) {
    StringBuilder text = new StringBuilder(error.toString());
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      text.append("; ").append(cause);
    }
    return text.toString();
  }
}
