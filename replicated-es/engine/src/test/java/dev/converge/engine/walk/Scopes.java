package dev.converge.engine.walk;

import dev.converge.engine.walk.Scope.Event;

/** The scopes that are walked in each build. */
final class Scopes {
  static final Scope MESSAGES =
      Scope.of("messages late, lost and doubled, and a crash")
          .inFlight(2)
          .with(Event.WRITE, 1)
          .with(Event.PROMISE, 1)
          .with(Event.TELL, 3)
          .with(Event.LOSE, 1)
          .with(Event.DUPLICATE, 1)
          .with(Event.CRASH, 1)
          .whereOneFails();
  static final Scope FINALITY =
      Scope.of("writes, promises and a crash")
          .with(Event.WRITE, 1)
          .with(Event.PROMISE, 3)
          .with(Event.TELL, Scope.ANY)
          .with(Event.CRASH, 1)
          .whereOneFails();
  static final Scope FINALITY_ANYWHERE =
      Scope.of("writes anywhere, and promises")
          .with(Event.WRITE, 2)
          .with(Event.PROMISE, 3)
          .with(Event.TELL, Scope.ANY)
          .whereEachPromisesOnce();
  static final Scope CAUSALITY = Scope.of("writes anywhere").with(Event.WRITE, 2);
  static final Scope RIVALS =
      Scope.of("two retirements at once, and a crash").with(Event.RETIRE, 2).with(Event.CRASH, 1);
  static final Scope RETIREMENT_UNDER_LOSS =
      Scope.of("a retirement with messages lost and doubled, and a crash")
          .with(Event.RETIRE, 1)
          .with(Event.LOSE, 1)
          .with(Event.DUPLICATE, 1)
          .with(Event.CRASH, 1);
  static final Scope RETIREMENT =
      Scope.of("a retirement while a write becomes final")
          .with(Event.WRITE, 1)
          .with(Event.PROMISE, 3)
          .with(Event.TELL, Scope.ANY)
          .with(Event.RETIRE, 1)
          .whereOneFails()
          .whereEachPromisesOnce();
  static final Scope COME_BACK =
      Scope.of("retired and back")
          .with(Event.WRITE, 1)
          .with(Event.TELL, Scope.ANY)
          .with(Event.RETIRE, 1)
          .with(Event.JOIN, 1)
          .whereOneFails();
  static final Scope JOIN =
      Scope.of("a join while the joiner's first write becomes final")
          .startingWith(2)
          .with(Event.WRITE, 1)
          .with(Event.PROMISE, 3)
          .with(Event.TELL, Scope.ANY)
          .with(Event.JOIN, 1)
          .whereOneFails()
          .whereEachPromisesOnce();
  static final Scope JOIN_ANYWHERE =
      Scope.of("a join while anybody writes")
          .startingWith(2)
          .with(Event.WRITE, 1)
          .with(Event.PROMISE, 2)
          .with(Event.TELL, Scope.ANY)
          .with(Event.JOIN, 1);
  static final Scope LOST_DISK =
      Scope.of("a lost disk and a new incarnation")
          .with(Event.WRITE, 1)
          .with(Event.TELL, Scope.ANY)
          .with(Event.LOST_DISK, 1)
          .with(Event.JOIN, 1)
          .whereOneFails();
  static final Scope POWER_LOSS =
      Scope.of("lost power, with pushes under way")
          .with(Event.WRITE, 2)
          .with(Event.PROMISE, 1)
          .with(Event.PUSH, 2)
          .with(Event.POWER_LOSS, 1)
          .whereOneFails();
  static final Scope POWER_LOSS_ELSEWHERE =
      Scope.of("lost power at one that confirmed")
          .with(Event.WRITE, 1)
          .with(Event.PROMISE, 3)
          .with(Event.TELL, Scope.ANY)
          .with(Event.POWER_LOSS, 1)
          .whereAnotherFails()
          .whereEachPromisesOnce();

  private Scopes() {}
}
