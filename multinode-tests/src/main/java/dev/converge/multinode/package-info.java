/**
 * Clusters of real JVMs under real faults. {@link dev.converge.multinode.ProcessCluster} starts the
 * nodes, kills and restarts them, and leaves no process behind; what is asked of them goes over
 * HTTP, so the same scenario runs against any main class that serves the API. Nothing here depends
 * on a test framework.
 */
@NullMarked
package dev.converge.multinode;

import org.jspecify.annotations.NullMarked;
