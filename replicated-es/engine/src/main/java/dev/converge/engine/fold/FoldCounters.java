package dev.converge.engine.fold;

/**
 * Work that a fold has done since it was made, to see what a late event costs.
 *
 * @param applied calls of the handler
 * @param judged calls of the resolver
 * @param refolds how often it went back to an earlier place
 * @param earlyStops how often a re-fold ended, or skipped ahead, before the last event
 * @param checkpoints how many states it keeps now
 */
public record FoldCounters(
    long applied, long judged, long refolds, long earlyStops, int checkpoints) {}
