package dev.converge.pekko.journal;

/** An event is refused because its entity is erased, for good. */
public final class ErasedException extends JournalException {
  private static final long serialVersionUID = 1L;

  ErasedException(String key) {
    super(key + " is erased; nothing more is written to it", null);
  }
}
