/**
 * A cluster of child processes on this machine, kept alive. What to do about a death, a start or a
 * stop is decided in {@link dev.converge.node.cli.local.Supervision}, a pure state machine; {@link
 * dev.converge.node.cli.local.LocalCluster} is the shell around it that owns processes and time.
 */
@NullMarked
package dev.converge.node.cli.local;

import org.jspecify.annotations.NullMarked;
