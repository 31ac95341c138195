/**
 * Tests over several JVMs, from JUnit 5: Pekko's Multi-Node TestKit for Java. A class says with
 * {@link dev.converge.multinode.MultiNodeTest} which nodes it needs; each runs in a JVM of its own,
 * and so does the conductor, which is no member of anything. Test methods run in JUnit's JVM and
 * steer: {@link dev.converge.multinode.MultiNode} runs code on nodes, cuts links, kills and
 * restarts. Most users need these two, and {@link dev.converge.multinode.NodeContext}.
 */
@NullMarked
package dev.converge.multinode;

import org.jspecify.annotations.NullMarked;
