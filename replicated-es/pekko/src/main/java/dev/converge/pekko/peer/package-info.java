/**
 * The link between nodes. One idea: a node sends its own log to each peer, from where that peer
 * says it is, and stores theirs in their order; what cannot come directly is asked of another.
 * Push, log shipping and anti-entropy are this one stream.
 *
 * <p>{@link dev.converge.pekko.peer.PeerLink} is the shell. It talks to configured peers, whatever
 * the cluster's membership says of them. Below it are machines without threads or I/O:
 *
 * <pre>
 * LinkMachine   puts them together
 *   Peering     is a peer there, who is it          Greeter    the handshake
 *   LogSender   the own log, to one peer            LogServer  any log, on request
 *   LogReceiver all logs, into the journal          Fetches    what to request, of whom
 *   Questions   of other parts, and their answers   ClockWatch are clocks apart
 * </pre>
 */
@NullMarked
package dev.converge.pekko.peer;

import org.jspecify.annotations.NullMarked;
