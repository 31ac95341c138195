/** What the engine's tests share: events made by hand and at random, models, seeds. */
@NullMarked
package dev.converge.engine.support;

import org.jspecify.annotations.NullMarked;
