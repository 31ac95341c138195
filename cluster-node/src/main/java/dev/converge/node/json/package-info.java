/** JSON from outside: read strictly, every complaint names the field. */
@NullMarked
package dev.converge.node.json;

import org.jspecify.annotations.NullMarked;
