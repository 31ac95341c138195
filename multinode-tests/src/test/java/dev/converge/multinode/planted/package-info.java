/** Faults planted in the product on purpose: named scenarios must find them. */
@NullMarked
package dev.converge.multinode.planted;

import org.jspecify.annotations.NullMarked;
