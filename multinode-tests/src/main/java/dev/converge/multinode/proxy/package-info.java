/** TCP links that can be made slow, or lose what goes one way. Knows nothing of what passes. */
@NullMarked
package dev.converge.multinode.proxy;

import org.jspecify.annotations.NullMarked;
