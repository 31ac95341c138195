package dev.converge.pekko.membership;

import dev.converge.engine.membership.ReplicaLife;
import dev.converge.pekko.wire.WireException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the end of what was acknowledged may be missing on the disk: when the machine was started
 * anew while a process wrote, and writes are not flushed.
 */
final class DiskCheck {
  private static final String STATE = "boot";
  private static final int FORM = 1;
  private static final Logger LOG = LoggerFactory.getLogger(DiskCheck.class);

  private record Last(@Nullable String bootId, boolean clean) {}

  private final Shell shell;

  DiskCheck(Shell shell) {
    this.shell = shell;
  }

  /** At a start; may block. */
  ReplicaLife.Disk check() {
    Last last = shell.log.state(STATE).map(DiskCheck::decode).orElse(new Last(null, true));
    shell.then(
        shell.log.putState(STATE, encode(false)),
        stored -> {},
        error -> LOG.warn("the boot id cannot be stored: {}", error.toString()));
    return isSure(last) ? ReplicaLife.Disk.SURE : ReplicaLife.Disk.UNSURE;
  }

  private boolean isSure(Last last) {
    String now = shell.settings.bootId();
    return shell.settings.flushed()
        || last.clean()
        || now == null
        || last.bootId() == null
        || now.equals(last.bootId());
  }

  /** Nothing more is written. */
  CompletionStage<Void> closing() {
    return shell.log.putState(STATE, encode(true));
  }

  private byte[] encode(boolean clean) {
    return FormWriter.write(FORM, out -> out.text(shell.settings.bootId()).flag(clean));
  }

  private static Last decode(byte[] bytes) {
    try {
      return FormReader.read(
          "the last boot", FORM, bytes, in -> new Last(in.textOrNull(), in.flag()));
    } catch (WireException e) {
      LOG.warn("{}; the disk is taken as sure", e.getMessage());
      return new Last(null, true);
    }
  }
}
