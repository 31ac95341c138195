/**
 * An entity's history as a file, and its fold from there. One idea: whoever has the file and the
 * entity's code gets the state that every replica has, or sees where it comes apart; no node and no
 * database is needed.
 */
@NullMarked
package dev.converge.pekko.replay;

import org.jspecify.annotations.NullMarked;
