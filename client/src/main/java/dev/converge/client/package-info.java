/**
 * A client of the HTTP API. Most users need {@link dev.converge.client.ConvergeClient} and what it
 * gives out. One idea: a request has a key and goes to whichever node answers, so it counts once
 * however often it is sent.
 */
@NullMarked
package dev.converge.client;

import org.jspecify.annotations.NullMarked;
