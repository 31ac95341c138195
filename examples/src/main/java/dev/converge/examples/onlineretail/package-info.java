/**
 * Real invoices of an online shop, replayed into carts through all nodes of a cluster at once. What
 * to write where, and what must come out, is computed by pure {@link
 * dev.converge.examples.onlineretail.ReplayPlan}; the rest carries it out and compares.
 */
@NullMarked
package dev.converge.examples.onlineretail;

import org.jspecify.annotations.NullMarked;
