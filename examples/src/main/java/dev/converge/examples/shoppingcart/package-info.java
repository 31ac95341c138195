/**
 * One shopping cart as an observed-remove set, changed on both sides of a partition: an item that
 * one side removes while the other adds it again stays.
 */
@NullMarked
package dev.converge.examples.shoppingcart;

import org.jspecify.annotations.NullMarked;
