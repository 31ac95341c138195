package dev.converge.pekko.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.jdbc.journal.JdbcAsyncWriteJournal;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A journal as a plain EventSourcedBehavior on pekko-persistence-jdbc writes it. */
class JdbcOldEventsTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** Persists what it is sent. */
  private static final class Plain extends EventSourcedBehavior<Plain.Say, String, Integer> {
    record Say(String text, ActorRef<Integer> replyTo) {}

    Plain(String id) {
      super(PersistenceId.of("Talk", id));
    }

    @Override
    public Integer emptyState() {
      return 0;
    }

    @Override
    public CommandHandler<Say, String, Integer> commandHandler() {
      return newCommandHandlerBuilder()
          .forAnyState()
          .onAnyCommand((state, say) -> Effect().persist(say.text()).thenRun(say.replyTo()::tell));
    }

    @Override
    public EventHandler<Integer, String> eventHandler() {
      return newEventHandlerBuilder().forAnyState().onAnyEvent((state, event) -> state + 1);
    }
  }

  private final JdbcDataSource source = new JdbcDataSource();
  private ActorSystem<Map.Entry<String, Plain.Say>> system;

  @BeforeEach
  void an_old_application() throws Exception {
    source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    source.setUser("old");
    try (InputStream script =
            JdbcAsyncWriteJournal.class.getResourceAsStream("/schema/h2/h2-create-schema.sql");
        Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      for (String ddl : new String(script.readAllBytes(), StandardCharsets.UTF_8).split(";")) {
        if (!ddl.isBlank()) {
          statement.execute(ddl);
        }
      }
    }
    String slick = "pekko-persistence-jdbc.shared-databases.slick";
    Config config =
        ConfigFactory.parseMap(
                Map.of(
                    "pekko.loglevel",
                    "WARNING",
                    "pekko.persistence.journal.plugin",
                    "jdbc-journal",
                    "jdbc-journal.use-shared-db",
                    "slick",
                    slick + ".profile",
                    "slick.jdbc.H2Profile$",
                    slick + ".db.url",
                    source.getURL(),
                    slick + ".db.user",
                    "old",
                    slick + ".db.password",
                    "",
                    slick + ".db.driver",
                    "org.h2.Driver"))
            .withFallback(ConfigFactory.load());
    system =
        ActorSystem.create(
            Behaviors.setup(
                context ->
                    Behaviors.receiveMessage(
                        message -> {
                          String id = message.getKey();
                          ActorRef<Plain.Say> entity =
                              context
                                  .getChild(id)
                                  .<ActorRef<Plain.Say>>map(child -> child.unsafeUpcast())
                                  .orElseGet(() -> context.spawn(new Plain(id), id));
                          entity.tell(message.getValue());
                          return Behaviors.same();
                        })),
            "old",
            config);
  }

  @AfterEach
  void stop() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void say(String id, String text) throws Exception {
    AskPattern.<Map.Entry<String, Plain.Say>, Integer>ask(
            system,
            replyTo -> Map.entry(id, new Plain.Say(text, replyTo)),
            LIMIT,
            system.scheduler())
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  @Test
  void entities_and_events_are_found_page_by_page() throws Exception {
    for (int i = 1; i <= 12; i++) {
      say("a", "a" + i);
      say("b", "b" + i);
    }
    OldEvents old = new JdbcOldEvents(source, JdbcOldEvents.serializersOf(system.classicSystem()));
    assertThat(old.persistenceIds("Talk|", "", 1)).containsExactly("Talk|a");
    assertThat(old.persistenceIds("Talk|", "Talk|a", 10)).containsExactly("Talk|b");
    assertThat(old.persistenceIds("Other|", "", 10)).isEmpty();
    List<OldEvent> page = old.events("Talk|a", 0, 5);
    assertThat(page).extracting(OldEvent::event).containsExactly("a1", "a2", "a3", "a4", "a5");
    assertThat(page).extracting(OldEvent::sequence).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(page).allSatisfy(event -> assertThat(event.writtenMillis()).isPositive());
    assertThat(old.events("Talk|a", 10, 5))
        .extracting(OldEvent::event)
        .containsExactly("a11", "a12");
    assertThat(old.events("Talk|a", 12, 5)).isEmpty();
  }

  @Test
  void an_event_that_cannot_be_read_is_named() throws Exception {
    say("a", "a1");
    OldEvents old =
        new JdbcOldEvents(
            source,
            (serializer, manifest, payload) -> {
              throw new NotSerializableException("no serializer");
            });
    assertThatThrownBy(() -> old.events("Talk|a", 0, 5))
        .isInstanceOf(MigrationException.class)
        .hasMessageContaining("event 1 of Talk|a")
        .hasMessageContaining("no serializer");
  }
}
