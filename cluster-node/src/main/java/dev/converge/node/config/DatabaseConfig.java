package dev.converge.node.config;

/**
 * The node's own database. Immutable.
 *
 * @param kind which
 * @param url of JDBC, for PostgreSQL; empty for H2, whose file is in the data folder
 * @param user who logs in, for PostgreSQL
 * @param password may be empty
 * @param durability what an acknowledged write survives
 */
public record DatabaseConfig(
    Kind kind, String url, String user, String password, Durability durability) {
  /** An H2 file; what {@code reference-converge.conf} says. */
  public static final DatabaseConfig H2_FILE =
      new DatabaseConfig(Kind.H2, "", "", "", Durability.PROCESS);

  /** Which database. */
  public enum Kind {
    /** A file in the data folder, in the node's own process. */
    H2,
    /** A server, with a database for this node alone. */
    POSTGRESQL
  }

  /** What an acknowledged write survives. */
  public enum Durability {
    /** The death of the process: the operating system has it. */
    PROCESS,
    /** A power cut: the disk has it. */
    POWER
  }

  /** Without the password. */
  @Override
  public String toString() {
    return kind == Kind.H2
        ? "H2, durability " + durability
        : "PostgreSQL at " + url + " as " + user + ", durability " + durability;
  }
}
