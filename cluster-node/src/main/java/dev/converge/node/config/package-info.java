/** A node's configuration: read once, checked whole, then passed on as plain values. */
@NullMarked
package dev.converge.node.config;

import org.jspecify.annotations.NullMarked;
