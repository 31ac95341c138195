/**
 * The actors behind an {@link dev.converge.pekko.EntityRef}: one per live entity, and the registry
 * that wakes them.
 */
@NullMarked
package dev.converge.pekko.entity;

import org.jspecify.annotations.NullMarked;
