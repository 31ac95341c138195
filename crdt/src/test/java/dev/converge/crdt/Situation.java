package dev.converge.crdt;

import dev.converge.crdt.algebra.Crdt;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** To a common state, a and b do something each at the same time; then all show this. */
record Situation(String type, String before, String a, String b, String shows, boolean holds) {
  /** As a row of a table. */
  String line() {
    return Stream.of("`" + type + "`", before, a, b, shows)
        .collect(Collectors.joining(" | ", "| ", " |"));
  }

  @Override
  public String toString() {
    return line();
  }

  /** A type, and what is shown of its values. */
  record Of<S extends Crdt<S>>(String type, S empty, Function<S, ?> value) {
    /**
     * One situation.
     *
     * @param before the deltas of the common past, one after the other
     */
    Situation when(
        String beforeText,
        List<UnaryOperator<S>> before,
        String aText,
        UnaryOperator<S> a,
        String bText,
        UnaryOperator<S> b,
        String shows) {
      S common = empty;
      for (UnaryOperator<S> change : before) {
        common = common.merge(change.apply(common));
      }
      S atA = common.merge(a.apply(common));
      S atB = common.merge(b.apply(common));
      S merged = atA.merge(atB);
      boolean holds = merged.equals(atB.merge(atA)) && value.apply(merged).toString().equals(shows);
      return new Situation(type, beforeText, aText, bText, shows, holds);
    }
  }
}
