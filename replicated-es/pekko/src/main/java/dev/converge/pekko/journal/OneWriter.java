package dev.converge.pekko.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;

/**
 * Lets one transaction at a time write to a database, and commits so that a kill at any moment
 * leaves all that was committed. H2 needs both (decision 11); for PostgreSQL nothing is done.
 *
 * <p>Whatever writes to a journal's database does it like this, also a single statement:
 *
 * <pre>{@code
 * try (OneWriter.Turn turn = writer.take()) {
 *   // statements, on one connection without auto-commit
 *   turn.commit(connection);
 * }
 * }</pre>
 *
 * <p>Transactions that only read need no turn. Thread-safe; a thread that has a turn may take
 * another inside it.
 */
final class OneWriter {
  /** H2's name for the mark of a clean shutdown in the file's header. */
  private static final String CLEAN = "clean";

  private static final Turn FREE =
      new Turn() {
        @Override
        public void commit(Connection connection, boolean forced) throws SQLException {
          connection.commit();
        }

        @Override
        public void close() {
          // nothing is held
        }
      };

  private final Dialect dialect;
  private final boolean flushed;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Turn turn =
      new Turn() {
        @Override
        public void commit(Connection connection, boolean forced) throws SQLException {
          commitToFile(connection, forced || flushed);
        }

        @Override
        public void close() {
          lock.unlock();
        }
      };

  /** The right to write. */
  interface Turn extends AutoCloseable {
    /** Commits the transaction; durable against the death of the process on return. */
    default void commit(Connection connection) throws SQLException {
      commit(connection, false);
    }

    /**
     * The same.
     *
     * @param forced whether it has to be on the disk on return, whatever the setting
     */
    void commit(Connection connection, boolean forced) throws SQLException;

    /** Gives the right back, after a commit or rollback. */
    @Override
    void close();
  }

  /** For a database of that kind; there may be only one for a database. */
  OneWriter(Dialect dialect) {
    this(dialect, false);
  }

  /**
   * For a database of that kind; there may be only one for a database.
   *
   * @param flushed whether every commit is forced to the disk
   */
  OneWriter(Dialect dialect, boolean flushed) {
    this.dialect = dialect;
    this.flushed = flushed;
  }

  /** Waits for the turn. */
  Turn take() {
    if (dialect != Dialect.H2) {
      return FREE;
    }
    lock.lock();
    return turn;
  }

  /**
   * To be called before the last connection is closed, with nothing being written any more: what H2
   * writes while it closes must not take the place of older data.
   */
  void closing(Connection connection) throws SQLException {
    if (dialect == Dialect.H2) {
      lock.lock();
      try {
        store(connection).setReuseSpace(false);
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * H2 stores a commit as a chunk of its file, and writes into the header where the last chunk is,
   * but not at each commit and only afterwards: the next few are found one by the other. If a chunk
   * in between is not needed any more, a later one takes its place, and a kill before the header is
   * written then loses those between. So the header is made to follow each commit, by the mark that
   * H2 takes away by writing it; and space is only used again when the header is right, which it is
   * not when a file was opened after a kill.
   */
  private void commitToFile(Connection connection, boolean forced) throws SQLException {
    MVStore store = store(connection);
    Map<String, Object> header = store.getFileStore().getStoreHeader();
    header.put(CLEAN, 1);
    connection.commit();
    if (header.remove(CLEAN) == null && !store.isSpaceReused()) {
      store.setReuseSpace(true);
    }
    if (forced) {
      store.sync();
    }
  }

  private static MVStore store(Connection connection) throws SQLException {
    JdbcConnection opened = connection.unwrap(JdbcConnection.class);
    if (opened.getSession() instanceof SessionLocal session) {
      return session.getDatabase().getStore().getMvStore();
    }
    throw new SQLException("an H2 database has to be a file of this process, not a server");
  }
}
