package dev.converge.multinode;

import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Runs classes that share nodes one after the other, so that these are started once. In {@code
 * junit-platform.properties}:
 *
 * <pre>junit.jupiter.testclass.order.default = dev.converge.multinode.GroupsTogether</pre>
 */
public final class GroupsTogether implements ClassOrderer {
  /** Made by JUnit. */
  public GroupsTogether() {}

  @Override
  public void orderClasses(ClassOrdererContext context) {
    context
        .getClassDescriptors()
        .sort(
            Comparator.comparing(GroupsTogether::group)
                .thenComparing(type -> type.getTestClass().getName()));
  }

  private static String group(ClassDescriptor type) {
    return AnnotationSupport.findAnnotation(type.getTestClass(), MultiNodeTest.class)
        .map(MultiNodeTest::group)
        .orElse("");
  }
}
