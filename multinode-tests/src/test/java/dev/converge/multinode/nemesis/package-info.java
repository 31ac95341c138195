/**
 * Random faults under random load, from a seed, and what must hold all the same. {@link
 * dev.converge.multinode.nemesis.Nemesis} does what goes wrong, {@link
 * dev.converge.multinode.nemesis.Workload} what clients do meanwhile.
 */
@NullMarked
package dev.converge.multinode.nemesis;

import org.jspecify.annotations.NullMarked;
