package dev.converge.pekko.journal;

/**
 * The list of an entity's rows is not what was written. The rows themselves still say whose they
 * are, so they can be found without it.
 */
final class DamagedRunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DamagedRunException(String key, long first) {
    super("the list of rows of '" + key + "' from position " + first + " is damaged");
  }
}
