package dev.converge.pekko.entity;

/** Nothing was done: see {@link TailWanted}. */
final class TailWantedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient TailWanted wanted;

  TailWantedException(TailWanted wanted) {
    super("events that have left memory are needed: " + wanted, null, false, false);
    this.wanted = wanted;
  }

  TailWanted wanted() {
    return wanted;
  }
}
