package dev.converge.client;

/** What a read of an entity shows. */
public enum Read {
  /** What the node that answers has. */
  LOCAL("local"),
  /** All that this session has seen or written, at whichever node. */
  SESSION("session"),
  /** All that a majority of the replicas has. */
  MAJORITY("majority");

  private final String word;

  Read(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
