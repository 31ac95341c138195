package dev.converge.node.cli;

/** The command line with {@link FakeNode}s; a process of its own in tests. */
public final class FakeMain {
  private FakeMain() {}

  /** As {@link Main#main}. */
  public static void main(String[] args) {
    System.exit(Main.run(FakeMain.class, FakeNode::start, args));
  }
}
