package dev.converge.multinode.suite;

import dev.converge.multinode.MultiNodeTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Three nodes that all classes of scenarios share which say this. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@MultiNodeTest(
    nodes = {"node-1", "node-2", "node-3"},
    node = ConvergeTestNode.class,
    proxies = true,
    group = "three-nodes")
@interface ThreeNodes {}
