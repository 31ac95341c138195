package dev.converge.pekko.peer;

import dev.converge.pekko.wire.LogRow;
import java.util.List;

/**
 * Rows of one entity, as a peer has them.
 *
 * @param rows in the order in which the peer committed them
 * @param lastPosition the peer's position of the last of them; to go on behind it
 * @param isLast whether there are no more
 */
public record EntityPage(List<LogRow> rows, long lastPosition, boolean isLast) {}
