/**
 * The node's HTTP API: routes that translate, errors as problem documents, nothing decided here.
 */
@NullMarked
package dev.converge.node.http;

import org.jspecify.annotations.NullMarked;
