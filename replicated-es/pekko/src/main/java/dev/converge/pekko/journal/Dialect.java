package dev.converge.pekko.journal;

/** In what the databases differ. */
public enum Dialect {
  /** H2, a file of the node's own. */
  H2 {
    @Override
    String ddl(String ofH2) {
      return ofH2;
    }
  },
  /** PostgreSQL, a database of the node's own. */
  POSTGRESQL {
    @Override
    String ddl(String ofH2) {
      return ofH2.replace(" BLOB", " BYTEA");
    }
  };

  /** A statement that creates something, from one with the type names of H2. */
  abstract String ddl(String ofH2);
}
