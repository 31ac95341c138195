package dev.converge.node.config;

import dev.converge.node.config.DatabaseConfig.Durability;
import dev.converge.node.config.DatabaseConfig.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code converge.entities} and {@code converge.database}. */
final class StorageKeys {
  private static final String POSTGRESQL_URL = "jdbc:postgresql:";

  private static final int MAX_PREFIX = 512;
  private static final int MAX_RULES = 100;

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
    Map<String, EntitiesConfig.Levels> levels = levels(section.section("levels"));
    section.finish();
    return new EntitiesConfig(
        idleTime, maxLive, askTimeout, promiseInterval, retention, archive, plugins, levels);
  }

  /** Which types there are is known later, with the plug-ins. */
  private static Map<String, EntitiesConfig.Levels> levels(Section section) {
    Map<String, EntitiesConfig.Levels> levels = new HashMap<>();
    for (String type : section.names()) {
      Section level = section.section(type);
      String write =
          level.has("write")
              ? level.text(
                  "write",
                  text -> text.matches("local|majority|[1-9]\\d{0,4}"),
                  "must be local, majority, or a number of replicas from 1",
                  "local")
              : "local";
      String read =
          level.has("read")
              ? level.text(
                  "read",
                  text -> text.matches("local|session|majority"),
                  "must be local, session or majority",
                  "local")
              : "local";
      level.finish();
      levels.put(type, new EntitiesConfig.Levels(write, read));
    }
    return levels;
  }

  static List<NodeConfig.Expiry> expiry(Section store) {
    List<NodeConfig.Expiry> rules = new ArrayList<>();
    Set<String> prefixes = new HashSet<>();
    for (Section entry : store.sections("expiry")) {
      String prefix =
          entry.text(
              "prefix",
              text -> text.length() <= MAX_PREFIX,
              "must be what keys start with, of at most " + MAX_PREFIX + " characters",
              "");
      Duration after =
          entry.duration(
              "after",
              Duration.ofMillis(100),
              Duration.ofDays(36_500),
              "must be a duration from 100ms");
      entry.finish();
      if (!prefixes.add(prefix)) {
        entry.problem("prefix", "must be another one; \"" + prefix + "\" is in the list already");
      }
      rules.add(new NodeConfig.Expiry(prefix, after));
    }
    if (rules.size() > MAX_RULES) {
      store.problem("expiry", "must have at most " + MAX_RULES + " rules, not " + rules.size());
    }
    return rules;
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
