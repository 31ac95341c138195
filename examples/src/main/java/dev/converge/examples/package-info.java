/**
 * Small runnable programs, a package each, that {@code converge example} lists and runs. They use a
 * cluster from outside, over HTTP. Here is what they share: {@link
 * dev.converge.examples.ClusterOption} finds or starts a cluster, {@link
 * dev.converge.examples.NodeClient} talks to one node of it.
 */
@NullMarked
package dev.converge.examples;

import org.jspecify.annotations.NullMarked;
