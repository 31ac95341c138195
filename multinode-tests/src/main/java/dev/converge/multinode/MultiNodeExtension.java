package dev.converge.multinode;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.platform.commons.support.AnnotationSupport;

/** Keeps the nodes of the present class of tests; of {@link MultiNodeTest}. */
final class MultiNodeExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(MultiNodeExtension.class);
  private static final int TAIL = 60;

  /** One group at a time: its JVMs are the machine's. Closed with the whole run. */
  private static final class Running implements AutoCloseable {
    private @Nullable MultiNode group;

    MultiNode of(Layout layout) {
      MultiNode present = group;
      if (present != null && (!present.layout().equals(layout) || !present.isHealthy())) {
        close();
        present = null;
      }
      if (present == null) {
        present = MultiNode.start(layout);
        group = present;
      }
      return present;
    }

    @Override
    public void close() {
      MultiNode present = group;
      group = null;
      if (present != null) {
        present.close();
      }
    }
  }

  /** JUnit made it; there is nothing to tell it. */
  MultiNodeExtension() {}

  private static Running running(ExtensionContext context) {
    Store store = context.getRoot().getStore(NAMESPACE);
    return store.getOrComputeIfAbsent("running", key -> new Running(), Running.class);
  }

  private static Layout layout(ExtensionContext context) {
    Class<?> test = context.getRequiredTestClass();
    MultiNodeTest said = said(test);
    String name = said.group().isEmpty() ? test.getSimpleName() : said.group();
    return new Layout(
        name,
        List.of(said.nodes()),
        Set.of(said.startedLater()),
        said.node(),
        said.config(),
        List.of(said.jvmFlags()),
        said.proxies(),
        Duration.ofSeconds(said.limit()),
        Layout.outputRoot().resolve(name));
  }

  /** Also on an annotation of the class, or on a class it extends. */
  private static MultiNodeTest said(Class<?> test) {
    for (Class<?> type = test; type != null; type = type.getSuperclass()) {
      var said = AnnotationSupport.findAnnotation(type, MultiNodeTest.class);
      if (said.isPresent()) {
        return said.get();
      }
    }
    throw new IllegalStateException(test.getName() + " has no @MultiNodeTest");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    running(context).of(layout(context));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    running(context)
        .of(layout(context))
        .reset(
            context.getRequiredTestClass().getSimpleName()
                + "."
                + context.getRequiredTestMethod().getName());
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    failed(context, failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    failed(context, failure);
  }

  private static void failed(ExtensionContext context, Throwable failure) throws Throwable {
    Running running = running(context);
    MultiNode group = running.group;
    if (group != null) {
      System.out.println(context.getDisplayName() + " failed: " + failure + group.output(TAIL));
      // What it has left behind is nobody's to build on.
      running.close();
    }
    throw failure;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    MultiNode group = running(context).group;
    if (group != null) {
      group.requireHealthy();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (said(context.getRequiredTestClass()).group().isEmpty()) {
      running(context).close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == MultiNode.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return running(context).of(layout(context));
  }
}
