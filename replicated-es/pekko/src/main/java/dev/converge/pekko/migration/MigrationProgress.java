package dev.converge.pekko.migration;

/**
 * Where a migration stands, kept so that it goes on after a stop. It may be lost: then everything
 * is read again, and counts once all the same.
 */
public interface MigrationProgress {
  /** All entities up to this persistence id are done; empty at the beginning. */
  String doneUpTo();

  /** All entities up to {@code persistenceId} are done: remember that, or some of the times. */
  void done(String persistenceId);

  /** Is told after each page of events, and may show it. By default nothing. */
  default void report(Migration.Report soFar) {}

  /** Forgets everything. */
  static MigrationProgress none() {
    return new MigrationProgress() {
      @Override
      public String doneUpTo() {
        return "";
      }

      @Override
      public void done(String persistenceId) {
        // nothing is kept
      }
    };
  }
}
