package dev.converge.pekko.migration;

/**
 * An event of an ordinary persistent entity, as the old journal has it.
 *
 * @param persistenceId the entity
 * @param sequence its place in the entity's history, from 1
 * @param writtenMillis when it was written, in milliseconds since the epoch; 0 if that is not known
 * @param event what the old entity persisted
 */
public record OldEvent(String persistenceId, long sequence, long writtenMillis, Object event) {}
