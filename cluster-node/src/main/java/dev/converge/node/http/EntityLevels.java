package dev.converge.node.http;

import dev.converge.engine.event.OriginId;
import dev.converge.node.config.EntitiesConfig.Levels;
import dev.converge.pekko.ReadLevel;
import dev.converge.pekko.RunOptions;
import dev.converge.pekko.SessionToken;
import dev.converge.pekko.WriteLevel;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request about entities asks for besides its command: the levels {@code ?write=} and {@code
 * ?consistency=}, or those that the configuration has for the type, {@code ?timeout=}, the session
 * in {@code Converge-Context}, and the {@code Idempotency-Key}.
 */
final class EntityLevels {
  private static final String KEY_HEADER = "Idempotency-Key";

  private EntityLevels() {}

  /** How the command is to be run, but for what its author had seen. */
  static RunOptions write(Call call, Levels defaults) {
    RunOptions options =
        RunOptions.DEFAULT.withLevel(writeLevel(call.query("write", defaults.write())));
    Optional<Duration> limit = call.duration("timeout");
    if (limit.isPresent()) {
      options = options.withLimit(limit.get());
    }
    Optional<OriginId> request = request(call);
    return request.isPresent() ? options.withRequest(request.get()) : options;
  }

  private static WriteLevel writeLevel(String level) {
    if (level.equals("local")) {
      return WriteLevel.local();
    }
    if (level.equals("majority")) {
      return WriteLevel.majority();
    }
    try {
      return WriteLevel.replicas(Integer.parseInt(level));
    } catch (IllegalArgumentException e) {
      throw Problem.badParameter(
          "write",
          "query parameter 'write' is local, majority, or a number of replicas from 1, not '"
              + level
              + "'");
    }
  }

  /** The request's {@code Idempotency-Key}, if it has one. */
  static Optional<OriginId> request(Call call) {
    return call.header(KEY_HEADER).map(EntityLevels::request);
  }

  /** The key as it is; in quotes, as a structured field has it, it is the same key. */
  private static OriginId request(String header) {
    boolean quoted = header.length() >= 2 && header.startsWith("\"") && header.endsWith("\"");
    try {
      return new OriginId(quoted ? header.substring(1, header.length() - 1) : header);
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("header '" + KEY_HEADER + "': " + e.getMessage());
    }
  }

  static ReadLevel read(Call call, Levels defaults) {
    String level = call.query("consistency", defaults.read());
    if (!call.query().containsKey("consistency") && level.equals("session")) {
      return session(call).map(ReadLevel::session).orElseGet(ReadLevel::local);
    }
    return switch (level) {
      case "local" -> ReadLevel.local();
      case "majority" -> ReadLevel.majority();
      case "session" ->
          ReadLevel.session(
              session(call)
                  .orElseThrow(
                      () ->
                          Problem.badRequest(
                              "'consistency=session' needs the request header '"
                                  + Answers.CONTEXT_HEADER
                                  + "', as an answer before carried it")));
      default ->
          throw Problem.badParameter(
              "consistency",
              "query parameter 'consistency' is local, session or majority, not '" + level + "'");
    };
  }

  static @Nullable Duration limit(Call call) {
    return call.duration("timeout").orElse(null);
  }

  /** What the client has seen of entities, if it says what it has seen. */
  static Optional<SessionToken> session(Call call) {
    return Seen.of(call).map(Seen::entities);
  }

  /**
   * Whether the command is to count as made by somebody who had seen what the session names and no
   * more: what came since is concurrent with it.
   */
  static boolean seesOnlySession(Call call) {
    String seen = call.query("seen", "all");
    if (!seen.equals("all") && !seen.equals("context")) {
      throw Problem.badParameter(
          "seen", "query parameter 'seen' is all or context, not '" + seen + "'");
    }
    if (seen.equals("context") && call.header(Answers.CONTEXT_HEADER).isEmpty()) {
      throw Problem.badRequest(
          "'seen=context' needs the request header '"
              + Answers.CONTEXT_HEADER
              + "' of the answer that the command was made from");
    }
    return seen.equals("context");
  }
}
