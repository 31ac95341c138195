/**
 * The JSON form of every type, for people and for other languages: a Jackson module.
 *
 * <p>Needs {@code jackson-databind} on the class path or module path; nothing else here does. Most
 * users need {@link dev.converge.crdt.json.CrdtJson}; whoever has an {@code ObjectMapper} of their
 * own registers {@link dev.converge.crdt.json.CrdtModule}. The format is described in {@code
 * docs/formats.md}.
 */
@NullMarked
package dev.converge.crdt.json;

import org.jspecify.annotations.NullMarked;
