package dev.converge.pekko.journal;

/** What a row of the journal is. The codes are part of the storage format: never change them. */
enum RowKind {
  /** A message of an ordinary persistent actor; no part of any log. */
  PLAIN(0),
  /** An event of a replicated entity. */
  EVENT(1),
  /** A record that a replica joins. */
  JOIN(2),
  /** A floor. */
  FLOOR(3);

  private final int code;

  RowKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** The kind of a code that this release knows; else an error. */
  static RowKind of(int code) {
    for (RowKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "a row of kind " + code + ", which this node does not know; upgrade it");
  }
}
