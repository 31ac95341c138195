package dev.converge.crdt.causal;

/**
 * What a delta comes to in the very state that it was made from.
 *
 * <p>Most deltas are merged first where they were made. Whoever makes a delta for a key has looked
 * the key up, so it makes the new state too, and the merge need not find out again what the delta
 * says. The delta forgets it with that merge: it is not to keep states alive.
 *
 * @param base the state that the delta was made from; it holds for no other object
 * @param state what the merge of the two is
 */
record Outcome<S extends DotStore>(Causal<S> base, Causal<S> state) {}
