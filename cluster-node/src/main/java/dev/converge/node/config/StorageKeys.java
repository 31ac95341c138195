package dev.converge.node.config;

import dev.converge.node.config.DatabaseConfig.Durability;
import dev.converge.node.config.DatabaseConfig.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads {@code converge.entities} and {@code converge.database}. */
final class StorageKeys {
  private static final String POSTGRESQL_URL = "jdbc:postgresql:";

  private StorageKeys() {}

  static EntitiesConfig entities(Section section) {
    Duration idleTime =
        section.duration(
            "idle-time",
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            "must be a duration from 1s to 1d");
    int maxLive =
        section.number("max-live", 100, 10_000_000, "must be a whole number from 100 to 10000000");
    Duration askTimeout =
        section.duration(
            "ask-timeout",
            Duration.ofMillis(100),
            Duration.ofMinutes(1),
            "must be a duration from 100ms to 1m");
    Duration promiseInterval =
        section.duration(
            "promise-interval",
            Duration.ofMillis(10),
            Duration.ofMinutes(1),
            "must be a duration from 10ms to 1m");
    Duration retention =
        section.duration(
            "retention",
            Duration.ZERO,
            Duration.ofDays(36_500),
            "must be a duration such as 7d; 0s for none");
    Optional<Path> archive =
        section.has("archive")
            ? Optional.of(
                Path.of(
                    section.text(
                        "archive", Section::isPath, "must be the path of a folder", "invalid")))
            : Optional.empty();
    Path plugins =
        Path.of(
            section.text("plugins", Section::isPath, "must be the path of a folder", "invalid"));
    section.finish();
    return new EntitiesConfig(
        idleTime, maxLive, askTimeout, promiseInterval, retention, archive, plugins);
  }

  static DatabaseConfig database(Section section) {
    Kind kind = section.choice("kind", Kind.values());
    Durability durability = section.choice("durability", Durability.values());
    if (kind == Kind.H2) {
      for (String key : List.of("url", "user", "password")) {
        if (section.has(key)) {
          section.problem(
              key, "is for kind = postgresql; an H2 file is in converge.node.data-dir always");
        }
      }
      section.finish();
      return new DatabaseConfig(kind, "", "", "", durability);
    }
    String url =
        section.text(
            "url",
            text -> text.startsWith(POSTGRESQL_URL) && text.length() > POSTGRESQL_URL.length(),
            "must be like jdbc:postgresql://host:5432/name, with a database for this node alone",
            "");
    String user =
        section.text("user", text -> !text.isBlank(), "must be the name of a database user", "");
    String password =
        section.has("password") ? section.text("password", text -> true, "must be a text", "") : "";
    section.finish();
    return new DatabaseConfig(kind, url, user, password, durability);
  }
}
