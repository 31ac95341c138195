package dev.converge.engine.walk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The states that a walk has come to, by their prints, and from which by which move. */
final class Trail {
  /** A move, by its place among those that its state allows. */
  record Turn(int state, int move) {}

  private long[] high = new long[1 << 12];
  private long[] low = new long[1 << 12];
  private int[] before = new int[1 << 12];
  private short[] move = new short[1 << 12];

  /** Numbers of states from 1, by a part of their print; 0 is free. */
  private int[] table = new int[1 << 14];

  private int size;

  /** Adds a state; says whether it is new. */
  boolean add(Print print, int from, int by) {
    if (size == high.length) {
      high = Arrays.copyOf(high, size * 2);
      low = Arrays.copyOf(low, size * 2);
      before = Arrays.copyOf(before, size * 2);
      move = Arrays.copyOf(move, size * 2);
    }
    if (size * 2 >= table.length) {
      table = new int[table.length * 2];
      for (int state = 0; state < size; state++) {
        table[place(high[state], low[state])] = state + 1;
      }
    }
    int place = place(print.high(), print.low());
    if (table[place] != 0) {
      return false;
    }
    high[size] = print.high();
    low[size] = print.low();
    before[size] = from;
    move[size] = (short) by;
    size++;
    table[place] = size;
    return true;
  }

  private int place(long one, long other) {
    int i = (int) one & table.length - 1;
    while (table[i] != 0 && (high[table[i] - 1] != one || low[table[i] - 1] != other)) {
      i = i + 1 & table.length - 1;
    }
    return i;
  }

  int size() {
    return size;
  }

  /** The moves that led to a state, from the start. */
  List<Turn> to(int state) {
    List<Turn> turns = new ArrayList<>();
    for (int at = state; at > 0; at = before[at]) {
      turns.add(new Turn(before[at], move[at]));
    }
    Collections.reverse(turns);
    return turns;
  }
}
