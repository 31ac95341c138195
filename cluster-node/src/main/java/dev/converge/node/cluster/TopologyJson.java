package dev.converge.node.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.cluster.topology.ClusterRank;
import dev.converge.node.cluster.topology.Membership.Seat;
import dev.converge.node.cluster.topology.PeerReport;
import dev.converge.node.cluster.topology.Phase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PeerReport} as JSON. System ids are strings of digits, for they need all 64 bits.
 * Unknown fields are skipped, so that newer nodes can say more.
 */
final class TopologyJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private TopologyJson() {}

  static String write(PeerReport report) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("node", report.name());
    json.put("state", report.phase().name());
    json.put("uid", Long.toString(report.uid()));
    UUID id = report.clusterId();
    ClusterRank claim = report.claim();
    if (id != null && claim != null) {
      json.put("clusterId", id.toString());
      json.putObject("claim").put("members", claim.members()).put("lowest", claim.lowest());
    }
    var members = json.putArray("members");
    for (Seat seat : report.seats()) {
      members.addObject().put("node", seat.name()).put("uid", Long.toString(seat.uid()));
    }
    var quarantined = json.putArray("quarantinedBy");
    report.quarantinedBy().stream().sorted().forEach(uid -> quarantined.add(Long.toString(uid)));
    return json.toString();
  }

  /**
   * Reads a report.
   *
   * @throws IllegalArgumentException if the text is not one
   */
  static PeerReport read(String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      List<Seat> seats = new ArrayList<>();
      for (JsonNode member : json.path("members")) {
        seats.add(new Seat(string(member, "node"), uid(member.path("uid"))));
      }
      Set<Long> quarantinedBy = new HashSet<>();
      for (JsonNode uid : json.path("quarantinedBy")) {
        quarantinedBy.add(uid(uid));
      }
      Phase.Name phase = Phase.Name.valueOf(string(json, "state"));
      UUID id = phase == Phase.Name.IN ? UUID.fromString(string(json, "clusterId")) : null;
      return new PeerReport(
          string(json, "node"),
          phase,
          id,
          uid(json.path("uid")),
          seats,
          claim(json.path("claim"), id),
          quarantinedBy);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static @Nullable ClusterRank claim(JsonNode json, @Nullable UUID id) {
    return id == null
        ? null
        : new ClusterRank(json.path("members").asInt(1), string(json, "lowest"), id);
  }

  private static long uid(JsonNode json) {
    return Long.parseLong(json.asText());
  }

  private static String string(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("The field " + field + " is not a string");
    }
    return value.asText();
  }
}
