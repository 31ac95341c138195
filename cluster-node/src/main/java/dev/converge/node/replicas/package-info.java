/**
 * The set of replicas as an operator of a node sees and changes it. One idea: a narrow port, so
 * that HTTP and tests need nothing of how replicas agree.
 */
@NullMarked
package dev.converge.node.replicas;

import org.jspecify.annotations.NullMarked;
