/**
 * How a node is started and stopped, whoever does it: the command line, a test or a program that
 * embeds a node. {@link dev.converge.node.lifecycle.NodeRunner} starts one, {@link
 * dev.converge.node.lifecycle.StartupException} says in one line why it did not start, and {@link
 * dev.converge.node.lifecycle.DataFolderLock} keeps two processes out of one data folder.
 */
@NullMarked
package dev.converge.node.lifecycle;

import org.jspecify.annotations.NullMarked;
