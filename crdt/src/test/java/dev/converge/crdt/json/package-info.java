/** Tests of the JSON form. */
@NullMarked
package dev.converge.crdt.json;

import org.jspecify.annotations.NullMarked;
