/**
 * An entity type of a user's own in a jar for a node's folder {@code plugins}. Its sources are in
 * {@code examples/plugin}, a project that stands alone and may be copied; here they are compiled
 * and packed without a build tool, and used.
 */
@NullMarked
package dev.converge.examples.plugin;

import org.jspecify.annotations.NullMarked;
