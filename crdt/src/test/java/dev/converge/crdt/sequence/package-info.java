/** Tests of the sequences: laws, an oracle, a model, real editing traces and probes by name. */
@NullMarked
package dev.converge.crdt.sequence;

import org.jspecify.annotations.NullMarked;
