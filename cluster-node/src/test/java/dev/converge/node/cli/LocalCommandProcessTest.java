package dev.converge.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.converge.node.cli.local.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher and its nodes as real processes, with fake nodes inside. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs setsid")
class LocalCommandProcessTest {
  @TempDir Path folder;

  private final int port = FreePorts.row(8, new Random());
  private final List<Launched> launched = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() {
    launched.forEach(Launched::close);
  }

  @Test
  void aKilledNodeIsReportedAndStartedAgain() throws Exception {
    Launched local = local().awaitLine("The cluster is up");
    ProcessHandle first = local.child("node-2");

    Launched.kill("KILL", Long.toString(first.pid()));

    local.awaitLine("node-2 was ended by SIGKILL; starting it again in 2 s");
    local.awaitLine("node-2 ready again").awaitLine("All nodes are ready again.");
    assertThat(local.child("node-2").pid()).isNotEqualTo(first.pid());
    local.signal("TERM");
    local.awaitExit();
  }

  @Test
  void aTerminatedLauncherStopsAllNodesAndRestartsNone() throws Exception {
    Launched local = local().awaitLine("The cluster is up");
    List<ProcessHandle> children = local.children();

    local.signal("TERM");

    assertThat(local.awaitExit()).isEqualTo(143);
    Launched.awaitGone(children);
    assertEndsWithoutDeaths(local);
  }

  @Test
  void aSignalToTheWholeGroupRestartsNobodyAndReportsNoDeath() throws Exception {
    Launched local = local().awaitLine("The cluster is up");
    List<ProcessHandle> children = local.children();

    local.signalGroup("INT");

    assertThat(local.awaitExit()).isEqualTo(130);
    Launched.awaitGone(children);
    assertEndsWithoutDeaths(local);
  }

  @Test
  void whenTheLauncherIsKilledItsNodesEndByThemselves() throws Exception {
    Launched local = local().awaitLine("The cluster is up");
    List<ProcessHandle> children = local.children();
    assertThat(children).hasSize(2).allMatch(ProcessHandle::isAlive);

    local.signal("KILL");

    assertThat(local.awaitExit()).isEqualTo(137);
    Launched.awaitGone(children);
  }

  @Test
  void aSecondStartFindsTheDataAndAFreshOneForgetsIt() throws Exception {
    for (int starts = 1; starts <= 2; starts++) {
      runOnce();
      assertThat(FakeNode.starts(folder.resolve("node-1"))).hasContent("x".repeat(starts));
    }
    runOnce("--fresh");
    assertThat(FakeNode.starts(folder.resolve("node-1"))).hasContent("x");
  }

  private void runOnce(String... more) throws IOException, InterruptedException {
    Launched local = local(with(more, "--nodes=1")).awaitLine("The cluster is up");
    local.signal("TERM");
    local.awaitExit();
  }

  @Test
  void aNodeThatHangsAtItsStopIsEndedByForceAndTheLauncherEnds() throws Exception {
    Path settings = Files.writeString(folder.resolve("hangs.conf"), "fake.hangs = yes");
    Launched local =
        local("--nodes=1", "--config", settings.toString()).awaitLine("The cluster is up");
    List<ProcessHandle> children = local.children();

    local.signal("TERM");

    local.awaitExit();
    Launched.awaitGone(children);
    assertThat(local.lines()).last().isEqualTo("All nodes have stopped.");
  }

  @Test
  void aTakenPortIsOneLineAndExitCodeOne() throws Exception {
    try (ServerSocket taken = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
      Launched local = local();

      assertThat(local.awaitExit()).isEqualTo(1);
      assertThat(local.lines())
          .containsExactly(
              "Port "
                  + taken.getLocalPort()
                  + " on 127.0.0.1 is taken (wanted for HTTP of node-2). Stop the program that"
                  + " listens there, or choose another row of ports with --http-port.");
    }
  }

  @Test
  void aFolderInUseIsOneLineThatNamesTheProcess() throws Exception {
    Launched first = local().awaitLine("The cluster is up");

    Launched second = local("--fresh");

    assertThat(second.awaitExit()).isEqualTo(1);
    assertThat(second.lines())
        .containsExactly(
            "The data folder "
                + folder.resolve("node-1")
                + " is in use by process "
                + first.child("node-1").pid()
                + ". Stop that first, or give another folder.");
    assertThat(FakeNode.starts(folder.resolve("node-1"))).exists();
    first.signal("TERM");
    first.awaitExit();
  }

  @Test
  void aFailedStartShowsTheReasonOfTheNode() throws Exception {
    Path settings =
        Files.writeString(folder.resolve("f.conf"), "fake.fails = \"The disk is full.\"");
    Launched local = local("--nodes=1", "--config", settings.toString());

    local.awaitLine("node-1 ended with exit code 1 before it was ready; starting it again in 2 s");
    local.awaitLine("    The disk is full.");
    local.signal("TERM");
    local.awaitExit();
    await().atMost(Duration.ofSeconds(10)).until(() -> local.children().isEmpty());
  }

  private Launched local(String... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "local", "--data=" + folder, "--http-port=" + port, "--remote-port=" + (port + 4)));
    args.addAll(List.of(more));
    if (args.stream().noneMatch(arg -> arg.startsWith("--nodes"))) {
      args.add("--nodes=2");
    }
    Launched local = Launched.run(args.toArray(new String[0]));
    launched.add(local);
    return local;
  }

  private static String[] with(String[] some, String more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }

  private static void assertEndsWithoutDeaths(Launched local) {
    assertThat(local.lines()).last().isEqualTo("All nodes have stopped.");
    assertThat(local.lines()).noneMatch(l -> l.contains("ended") || l.contains("again"));
  }
}
