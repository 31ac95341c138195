/** pekko. */
@NullMarked
package dev.converge.pekko;

import org.jspecify.annotations.NullMarked;
