/**
 * Conflict-free replicated data types: immutable values that replicas change apart and that merge
 * to the same, with their clocks and encodings. Needs nothing but the JDK; the package {@code json}
 * needs Jackson, for whoever uses it.
 */
module dev.converge.crdt {
  requires static org.jspecify;
  requires static com.fasterxml.jackson.core;
  requires static com.fasterxml.jackson.databind;

  exports dev.converge.crdt;
  exports dev.converge.crdt.algebra;
  exports dev.converge.crdt.binary;
  exports dev.converge.crdt.causal;
  exports dev.converge.crdt.clock;
  exports dev.converge.crdt.json;
  exports dev.converge.crdt.persistent;
  exports dev.converge.crdt.sequence;
}
