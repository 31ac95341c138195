/**
 * What replicates: an event in its envelope, unique by its dot, with everything that other replicas
 * need to put it into its place, and a hash that binds the parts together.
 */
@NullMarked
package dev.converge.engine.event;

import org.jspecify.annotations.NullMarked;
