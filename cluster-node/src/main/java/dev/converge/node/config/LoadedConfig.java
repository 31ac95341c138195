package dev.converge.node.config;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * A configuration file, read and checked. Immutable.
 *
 * @param node what the node itself is told
 * @param stopTimeout how long a graceful stop may take before the process ends by force; 1 s to 10
 *     min
 * @param raw everything the file says, resolved, with system properties in front and the defaults
 *     of {@code converge} behind: put it in front of the settings of Pekko
 */
public record LoadedConfig(NodeConfig node, Duration stopTimeout, Config raw) {}
