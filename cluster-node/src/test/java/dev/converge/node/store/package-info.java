/** Tests of the store: its pure parts, and stores that exchange. */
@NullMarked
package dev.converge.node.store;

import org.jspecify.annotations.NullMarked;
