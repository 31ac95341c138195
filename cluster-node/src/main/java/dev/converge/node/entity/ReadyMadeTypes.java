package dev.converge.node.entity;

import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The entity types that every node has, and those that its configuration declares. */
public final class ReadyMadeTypes {
  private ReadyMadeTypes() {}

  /** Counter, cart, and document types by name. */
  public static List<HostedType<?, ?, ?>> with(Map<String, DocumentTypeConfig> documents) {
    List<HostedType<?, ?, ?>> types = new ArrayList<>(List.of(new CounterType(), new CartType()));
    documents.forEach((name, rules) -> types.add(new DocumentType(name, rules)));
    return types;
  }
}
