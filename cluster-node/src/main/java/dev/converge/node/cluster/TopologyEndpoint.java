package dev.converge.node.cluster;

import dev.converge.node.cluster.topology.PeerReport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the node's HTTP server answers its peers at {@link #PATH}. Thread-safe; an answer costs no
 * waiting.
 */
public final class TopologyEndpoint {
  /** The path, for GET. */
  public static final String PATH = "/v1/internal/topology";

  /** The request header in which a peer says its name. */
  public static final String FROM_HEADER = "Converge-From";

  private final Supplier<PeerReport> report;
  private final Faults faults;

  TopologyEndpoint(Supplier<PeerReport> report, Faults faults) {
    this.report = report;
    this.faults = faults;
  }

  /**
   * An HTTP answer.
   *
   * @param status 200, or 503 where a fault cuts the asking peer off
   * @param contentType the media type of the body
   * @param body the body
   */
  public record Answer(int status, String contentType, String body) {}

  /**
   * Answers a peer.
   *
   * @param from what the peer said in {@link #FROM_HEADER}; null if it said nothing
   * @return the answer
   */
  public Answer answer(@Nullable String from) {
    if (from != null && faults.isCut(from)) {
      return new Answer(
          503,
          "application/problem+json",
          "{\"type\":\"about:blank\",\"title\":\"Refused\",\"status\":503,\"detail\":\"refused: cut\"}");
    }
    return new Answer(200, "application/json", TopologyJson.write(report.get()));
  }
}
