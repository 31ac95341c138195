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
      // Ids are sorted by code unit, as Java does, whatever language the database speaks.
      return ofH2.replace(" BLOB", " BYTEA")
          .replace(" VARBINARY(8000)", " BYTEA")
          .replace(" VARCHAR(600)", " VARCHAR(600) COLLATE \"C\"");
    }
  };

  /** A statement that creates something, from one with the type names of H2. */
  abstract String ddl(String ofH2);
}
