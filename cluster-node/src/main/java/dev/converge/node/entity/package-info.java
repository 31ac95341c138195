/**
 * The ready-made entity types: counter, cart, and documents by configuration; each as plain events
 * and states, with its JSON forms beside it.
 */
@NullMarked
package dev.converge.node.entity;

import org.jspecify.annotations.NullMarked;
