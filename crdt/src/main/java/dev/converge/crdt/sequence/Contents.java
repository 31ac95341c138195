package dev.converge.crdt.sequence;

import java.util.Arrays;

/** How the content of a run is held: as one object, of whatever is best for the element type. */
abstract class Contents {
  /** Content is a {@code String} of whole code points; an element is a code point. */
  static final Contents TEXT = new OfText();

  /** Content is an {@code Object[]} that nobody changes. */
  static final Contents LIST = new OfList();

  /** Elements {@code from} to {@code to} of a content with {@code length} elements. */
  abstract Object slice(Object content, int length, int from, int to);

  abstract Object join(Object first, Object second);

  abstract boolean same(Object first, Object second);

  /** The hash of what came before, and of {@code content}; the same wherever it is cut. */
  abstract int hash(int before, Object content);

  private static final class OfText extends Contents {
    @Override
    Object slice(Object content, int length, int from, int to) {
      String text = (String) content;
      if (text.length() == length) {
        return text.substring(from, to);
      }
      int start = text.offsetByCodePoints(0, from);
      return text.substring(start, text.offsetByCodePoints(start, to - from));
    }

    @Override
    Object join(Object first, Object second) {
      return ((String) first).concat((String) second);
    }

    @Override
    boolean same(Object first, Object second) {
      return first.equals(second);
    }

    @Override
    int hash(int before, Object content) {
      String text = (String) content;
      int hash = before;
      for (int i = 0; i < text.length(); i++) {
        hash = 31 * hash + text.charAt(i);
      }
      return hash;
    }
  }

  private static final class OfList extends Contents {
    @Override
    Object slice(Object content, int length, int from, int to) {
      return Arrays.copyOfRange((Object[]) content, from, to);
    }

    @Override
    Object join(Object first, Object second) {
      Object[] a = (Object[]) first;
      Object[] b = (Object[]) second;
      Object[] both = Arrays.copyOf(a, a.length + b.length);
      System.arraycopy(b, 0, both, a.length, b.length);
      return both;
    }

    @Override
    boolean same(Object first, Object second) {
      return Arrays.equals((Object[]) first, (Object[]) second);
    }

    @Override
    int hash(int before, Object content) {
      int hash = before;
      for (Object element : (Object[]) content) {
        hash = 31 * hash + element.hashCode();
      }
      return hash;
    }
  }
}
