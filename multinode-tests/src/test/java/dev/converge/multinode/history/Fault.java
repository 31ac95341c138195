package dev.converge.multinode.history;

/**
 * Something that went wrong on purpose.
 *
 * @param kind such as {@code kill}
 * @param target such as {@code node-1}
 * @param from when it began, in microseconds since the history did
 * @param to when it was over
 */
public record Fault(String kind, String target, long from, long to) {}
