package dev.converge.pekko.journal;

import java.util.Optional;

/**
 * What a step of compaction did.
 *
 * @param entities how many were looked at
 * @param compacted of how many rows went
 * @param rows how many rows went
 * @param withoutBase entities with rows that may go and no checkpoint to start from instead
 * @param damaged entities left alone because a row of theirs is damaged
 * @param last the last entity looked at: go on behind it; empty if there are no more
 */
public record CompactionReport(
    int entities, int compacted, long rows, int withoutBase, int damaged, Optional<String> last) {}
