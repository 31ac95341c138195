package dev.converge.node.cluster.topology;

/**
 * Something between this node and a peer that only a merge of this node can mend.
 *
 * @param kind what
 * @param since since when it is seen without a break, in milliseconds
 */
record Trouble(Kind kind, long since) {
  enum Kind {
    APART,
    QUARANTINED,
    DROPPED,
    KEPT_OUT;

    String text(String peer) {
      return switch (this) {
        case APART -> peer + " is in another cluster, which stays";
        case KEPT_OUT -> peer + " is in a cluster that does not let this node in";
        case QUARANTINED -> peer + " has quarantined this node";
        case DROPPED ->
            "this node and "
                + peer
                + " do not agree that they are in one cluster, and this one gives way";
      };
    }

    long hold(TopologySettings settings, int merges) {
      long base =
          switch (this) {
            case APART -> settings.apart();
            case QUARANTINED -> settings.quarantined();
            case DROPPED -> settings.dropped();
            case KEPT_OUT -> settings.keptOut();
          };
      return Math.min(base << Math.min(merges, 10), settings.longestHold());
    }
  }
}
