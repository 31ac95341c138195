package dev.converge.multinode.child;

import dev.converge.multinode.NodeContext;
import dev.converge.multinode.wire.ChildSettings;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.remote.testconductor.TestConductor;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/** The node to the code that runs in it; each task has one of its own. */
final class ChildContext implements NodeContext {
  private final ChildSettings settings;
  private final Shared shared;
  private final AtBarrier atBarrier;
  private final AtomicInteger barriers = new AtomicInteger();

  /** Told before the task waits at a barrier. */
  interface AtBarrier {
    void at(int ordinal, String name);
  }

  private static final class Shared {
    private final AtomicLong clockOffset = new AtomicLong();
    private final Object oneAtATime = new Object();
    private volatile @Nullable ActorSystem system;
    private volatile @Nullable Object node;
  }

  ChildContext(ChildSettings settings) {
    this(settings, new Shared(), (ordinal, name) -> {});
    shared.clockOffset.set(settings.clockOffsetMillis());
  }

  private ChildContext(ChildSettings settings, Shared shared, AtBarrier atBarrier) {
    this.settings = settings;
    this.shared = shared;
    this.atBarrier = atBarrier;
  }

  void started(ActorSystem system, Object node) {
    shared.system = system;
    shared.node = node;
  }

  void setClock(long offsetMillis) {
    shared.clockOffset.set(offsetMillis);
  }

  ChildContext during(AtBarrier told) {
    return new ChildContext(settings, shared, told);
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public Set<String> names() {
    return new TreeSet<>(settings.places().keySet());
  }

  @Override
  public int life() {
    return settings.life();
  }

  @Override
  public Path dataFolder() {
    return Path.of(settings.dataFolder());
  }

  @Override
  public LongSupplier clock() {
    AtomicLong offset = shared.clockOffset;
    return () -> System.currentTimeMillis() + offset.get();
  }

  @Override
  public String config() {
    return settings.config();
  }

  @Override
  public String pekkoConfig() {
    return settings.pekkoConfig();
  }

  private ChildSettings.Ports ports(String name) {
    ChildSettings.Ports ports = settings.places().get(name);
    if (ports == null) {
      throw new IllegalArgumentException(
          "There is no node " + name + "; there are " + String.join(", ", names()));
    }
    return ports;
  }

  @Override
  public int remotePort(String name) {
    return ports(name).remote();
  }

  @Override
  public int bindPort() {
    return ports(name()).bind();
  }

  @Override
  public String clientHost() {
    return ports(name()).clientHost();
  }

  @Override
  public int servicePort(String name) {
    return ports(name).service();
  }

  @Override
  public ActorSystem system() {
    ActorSystem system = shared.system;
    if (system == null) {
      throw new IllegalStateException(name() + " is still starting");
    }
    return system;
  }

  @Override
  public Address address(String name) {
    return new Address("pekko", system().name(), "127.0.0.1", remotePort(name));
  }

  @Override
  public <T> T node(Class<T> type) {
    Object node = shared.node;
    if (node == null) {
      throw new IllegalStateException(name() + " is still starting");
    }
    return type.cast(node);
  }

  @Override
  public void barrier(String name) {
    atBarrier.at(barriers.incrementAndGet(), name);
    enter(name);
  }

  /** SUBTLE: the conductor's client drops a request that comes while one is open. */
  void enter(String barrier) {
    synchronized (shared.oneAtATime) {
      TestConductor.get(system())
          .enter(CollectionConverters.asScala(java.util.List.of(barrier)).toList());
    }
  }
}
