/**
 * One Converge node: the store, the entities, their HTTP API, and the cluster they live in, wired
 * together.
 */
@NullMarked
package dev.converge.node;

import org.jspecify.annotations.NullMarked;
