package dev.converge.multinode;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Says which nodes a class of tests needs. They are started before its first test and stopped after
 * its last. Each test begins with all of them running, nothing cut or slow, clocks right; what it
 * needs beyond that of the data of earlier ones, it sees to itself. Test and lifecycle methods take
 * a {@link MultiNode} as a parameter.
 *
 * <p>After a failed test the nodes are started anew, with empty data folders.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MultiNodeExtension.class)
public @interface MultiNodeTest {
  /** The nodes' names; "conductor" is not one. */
  String[] nodes();

  /** Those of them that tests start themselves. */
  String[] startedLater() default {};

  /** What each node runs. */
  Class<? extends TestNode> node() default PekkoNode.class;

  /** Settings of all nodes, HOCON. They win over the harness's own. */
  String config() default "";

  /** Flags of the nodes' JVMs, after the harness's own. */
  String[] jvmFlags() default {};

  /**
   * Whether a proxy stands in every link: only then it can be {@linkplain MultiNode#slow slow}, or
   * {@linkplain MultiNode#cutOneWay cut in one direction}. On Linux only, which has more than one
   * loopback address to tell nodes apart by.
   */
  boolean proxies() default false;

  /**
   * Classes with the same group share their nodes, and must say the same of them, if they run one
   * after the other. Without a name a class has nodes of its own.
   */
  String group() default "";

  /** How long a task or a barrier may take, in seconds; then it counts as hanging. */
  int limit() default 60;
}
