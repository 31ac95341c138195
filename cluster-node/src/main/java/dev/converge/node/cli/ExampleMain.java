package dev.converge.node.cli;

import java.util.concurrent.Callable;

/**
 * An example that {@code converge example NAME} runs: a class with picocli's {@code @Command} (its
 * name, its one-line description and its options), found by {@link java.util.ServiceLoader}. {@link
 * #call} answers the exit code: 0 if everything was as the example explains, else 1.
 */
public interface ExampleMain extends Callable<Integer> {}
