package dev.converge.engine.simulation;

import dev.converge.engine.support.Models;
import dev.converge.engine.support.Models.Model;
import dev.converge.engine.support.Note;
import dev.converge.engine.sync.SyncLimits;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a world is like, by its seed.
 *
 * @param replicas the configured set
 * @param machines with those that may join
 * @param entities how many entities; events of one replica share one log
 * @param bufferCapacity how many events of an entity may wait for their causes
 * @param aheadCapacity how many rows of a node may wait for the rows before them
 * @param batchSize rows in a batch
 * @param neverConnected whether the first and the third machine cannot reach each other
 */
record Settings(
    int replicas,
    int machines,
    int entities,
    int bufferCapacity,
    int aheadCapacity,
    int batchSize,
    boolean neverConnected,
    Model<List<String>> model) {
  static final SyncLimits<Note> ACCEPTED = SyncLimits.events(50);

  static Settings of(long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ 0x5E771265L);
    int replicas = 3 + Math.max(0, random.nextInt(7) - 2);
    return new Settings(
        replicas,
        replicas + random.nextInt(3),
        1 + random.nextInt(2),
        random.nextInt(6),
        random.nextInt(12),
        2 + random.nextInt(8),
        random.nextInt(4) == 0,
        Models.append(Models.capricious(random.nextBoolean(), random.nextBoolean())));
  }
}
