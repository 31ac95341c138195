/**
 * The command line: {@code local}, {@code node}, {@code example} and {@code status}. A command
 * reads its options, does its work through other packages and answers an exit code: 0 well, 1 it
 * did not work (one clear line on standard error says why), 2 a wrong option. Most users need
 * nothing from here; {@link dev.converge.node.cli.ExampleMain} is for those who add an example.
 */
@NullMarked
package dev.converge.node.cli;

import org.jspecify.annotations.NullMarked;
