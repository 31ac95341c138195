package dev.converge.node.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Parameters;

/** Which entity a command is about: its type and its id. */
final class EntityArgument {
  @Parameters(index = "0", paramLabel = "TYPE", description = "The entity's type, such as cart.")
  private String type = "";

  @Parameters(index = "1", paramLabel = "ID", description = "The entity's id, as it is.")
  private String id = "";

  /** The path of {@code action} on that entity. */
  String path(String action) {
    return "/v1/entities/" + encoded(type) + "/" + encoded(id) + "/" + action;
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
