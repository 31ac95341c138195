package dev.converge.pekko.entity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class InboxTest {
  private static EntityMsg.Run command(int number) {
    return new EntityMsg.Run(
        number, LiveEntity.Request.PLAIN, new CompletableFuture<>(), new AtomicBoolean());
  }

  @Test
  void work_is_taken_in_order_and_told_once() {
    Inbox inbox = new Inbox();
    for (int i = 0; i < 5; i++) {
      assertThat(inbox.add(command(i))).isEqualTo(Inbox.Added.YES);
      assertThat(inbox.mustTell()).isEqualTo(i == 0);
    }
    assertThat(inbox.take())
        .extracting(work -> ((EntityMsg.Run) work).command())
        .containsExactly(0, 1, 2, 3, 4);
    assertThat(inbox.isEmpty()).isTrue();
    inbox.add(command(6));
    assertThat(inbox.mustTell()).isTrue();
  }

  @Test
  void a_full_inbox_refuses_and_has_room_again_after_a_take() {
    Inbox inbox = new Inbox();
    for (int i = 0; i < Inbox.CAPACITY; i++) {
      assertThat(inbox.add(command(i))).isEqualTo(Inbox.Added.YES);
    }
    assertThat(inbox.add(command(-1))).isEqualTo(Inbox.Added.FULL);
    int taken = inbox.take().size();
    for (int i = 0; i < taken; i++) {
      assertThat(inbox.add(command(i))).isEqualTo(Inbox.Added.YES);
    }
    assertThat(inbox.add(command(-1))).isEqualTo(Inbox.Added.FULL);
  }

  @Test
  void what_is_added_while_it_is_closed_is_taken_or_given_back_and_never_both() throws Exception {
    for (int round = 0; round < 2_000; round++) {
      Inbox inbox = new Inbox();
      AtomicReference<Inbox.Added> added = new AtomicReference<>();
      Thread adding = new Thread(() -> added.set(inbox.add(command(1))));
      adding.start();
      inbox.close();
      int taken = inbox.take().size();
      adding.join();
      // Whoever closes empties it once; what was added before the closing is there then.
      assertThat(taken).isEqualTo(added.get() == Inbox.Added.YES ? 1 : 0);
      assertThat(inbox.isEmpty()).isTrue();
    }
  }

  @Test
  void nothing_is_forgotten_when_one_thread_adds_while_another_takes() throws Exception {
    Inbox inbox = new Inbox();
    int all = 100_000;
    AtomicInteger told = new AtomicInteger();
    Thread adding =
        new Thread(
            () -> {
              for (int i = 0; i < all; ) {
                if (inbox.add(command(i)) == Inbox.Added.YES) {
                  i++;
                  if (inbox.mustTell()) {
                    told.incrementAndGet();
                  }
                } else {
                  Thread.onSpinWait();
                }
              }
            });
    adding.start();
    List<Object> taken = new ArrayList<>();
    while (taken.size() < all) {
      // As the actor does: it takes only when it was told, and tells itself while something is
      // left.
      if (told.get() > 0) {
        told.decrementAndGet();
        inbox.take().forEach(work -> taken.add(((EntityMsg.Run) work).command()));
        if (!inbox.isEmpty() && inbox.mustTell()) {
          told.incrementAndGet();
        }
      } else if (!adding.isAlive() && told.get() == 0) {
        break;
      }
    }
    adding.join(20_000);
    assertThat(taken).hasSize(all);
    for (int i = 0; i < all; i++) {
      assertThat(taken.get(i)).isEqualTo(i);
    }
  }
}
