package dev.converge.node.entity;

import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * The entity types that a node serves: those that every node has, those that its configuration
 * declares, and those of a user's own, found on the class path by {@link ServiceLoader} as {@link
 * HostedType}.
 */
public final class ReadyMadeTypes {
  private ReadyMadeTypes() {}

  /**
   * Counter, cart, document types by name, and the user's own.
   *
   * @throws IllegalStateException if two types have one name
   */
  public static List<HostedType<?, ?, ?>> with(Map<String, DocumentTypeConfig> documents) {
    return with(documents, ReadyMadeTypes.class.getClassLoader());
  }

  /**
   * As above, the user's own from {@code plugins}; see {@link Plugins}.
   *
   * @throws IllegalStateException if two types have one name, or one cannot be made
   */
  public static List<HostedType<?, ?, ?>> with(
      Map<String, DocumentTypeConfig> documents, ClassLoader plugins) {
    List<HostedType<?, ?, ?>> types = new ArrayList<>(List.of(new CounterType(), new CartType()));
    documents.forEach((name, rules) -> types.add(new DocumentType(name, rules)));
    try {
      for (HostedType<?, ?, ?> own : ServiceLoader.load(HostedType.class, plugins)) {
        types.add(own);
      }
    } catch (ServiceConfigurationError e) {
      throw new IllegalStateException("an entity type cannot be loaded: " + e.getMessage(), e);
    }
    Set<String> names = new HashSet<>();
    for (HostedType<?, ?, ?> type : types) {
      if (!names.add(type.type().name())) {
        throw new IllegalStateException(
            "there are two entity types by the name '"
                + type.type().name()
                + "': one of them is "
                + type.getClass().getName());
      }
    }
    return types;
  }
}
