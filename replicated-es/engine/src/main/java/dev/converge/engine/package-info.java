/** engine. */
@NullMarked
package dev.converge.engine;

import org.jspecify.annotations.NullMarked;
