package dev.converge.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One object of a configuration, read key by key. A reader never throws: it notes a {@link Problem}
 * and answers a stand-in, so that one pass finds all problems. {@link #finish} notes the keys that
 * nobody asked for. Single-threaded.
 */
final class Section {
  private final ConfigObject object;
  private final String path;
  private final List<Problem> problems;
  private final Set<String> known = new LinkedHashSet<>();

  Section(ConfigObject object, String path, List<Problem> problems) {
    this.object = object;
    this.path = path;
    this.problems = problems;
  }

  /** The object under {@code key}; an empty one where it is absent or something else. */
  Section section(String key) {
    ConfigValue value = value(key);
    if (value == null) {
      return new Section(emptyHere(), at(key), problems);
    }
    return sectionOf(value, at(key));
  }

  /** The objects of the list under {@code key}. */
  List<Section> sections(String key) {
    ConfigValue value = value(key);
    List<Section> sections = new ArrayList<>();
    if (value instanceof ConfigList list) {
      for (int i = 0; i < list.size(); i++) {
        sections.add(sectionOf(list.get(i), at(key) + "[" + i + "]"));
      }
    } else if (value != null) {
      problem(key, "must be a list of objects, not " + shown(value));
    }
    return sections;
  }

  private Section sectionOf(ConfigValue value, String where) {
    if (value instanceof ConfigObject child) {
      return new Section(child, where, problems);
    }
    problems.add(
        new Problem(where, origin(value.origin()), "must be an object, not " + shown(value)));
    return new Section(ConfigValueFactory.fromMap(Map.of()), where, new ArrayList<>());
  }

  /** The keys of this object, for objects whose keys are names; each counts as known. */
  Set<String> names() {
    known.addAll(object.keySet());
    return object.keySet().stream()
        .sorted()
        .collect(java.util.stream.Collectors.toCollection(LinkedHashSet::new));
  }

  /** A text that {@code allowed} accepts. */
  String text(String key, Predicate<String> allowed, String description, String standIn) {
    return scalar(
        key,
        description,
        standIn,
        config -> {
          String text = config.getString(ConfigUtil.joinPath(key));
          return allowed.test(text) ? text : null;
        });
  }

  /** A port number. */
  int port(String key) {
    return number(key, 1, 65_535, "must be a port, a whole number from 1 to 65535");
  }

  /** A whole number within bounds. */
  int number(String key, int least, int most, String description) {
    return scalar(
        key,
        description,
        least,
        config -> {
          double number = config.getDouble(ConfigUtil.joinPath(key));
          return number >= least && number <= most && number == Math.rint(number)
              ? (int) number
              : null;
        });
  }

  /** A number of bytes with or without a unit, within bounds. */
  long bytes(String key, long least, long most, String description) {
    return scalar(
        key,
        description,
        least,
        config -> {
          long bytes = config.getBytes(ConfigUtil.joinPath(key));
          return bytes >= least && bytes <= most ? bytes : null;
        });
  }

  /** A duration with a unit, within bounds. */
  Duration duration(String key, Duration least, Duration most, String description) {
    return scalar(
        key,
        description,
        least,
        config -> {
          Duration duration = config.getDuration(ConfigUtil.joinPath(key));
          boolean ok = duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0;
          return ok ? duration : null;
        });
  }

  /** On or off. */
  boolean flag(String key) {
    return scalar(
        key, "must be on or off", false, config -> config.getBoolean(ConfigUtil.joinPath(key)));
  }

  /** One of the constants, written in lower case with hyphens; the first is the default. */
  <E extends Enum<E>> E choice(String key, E[] constants) {
    if (value(key) == null) {
      return constants[0];
    }
    StringBuilder names = new StringBuilder();
    for (E constant : constants) {
      names.append(names.length() == 0 ? "" : ", ").append(written(constant));
    }
    return scalar(
        key,
        "must be one of " + names,
        constants[0],
        config -> {
          String text = config.getString(ConfigUtil.joinPath(key));
          for (E constant : constants) {
            if (written(constant).equals(text)) {
              return constant;
            }
          }
          return null;
        });
  }

  private static String written(Enum<?> constant) {
    return constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  private <T> T scalar(
      String key, String description, T standIn, Function<Config, @Nullable T> read) {
    ConfigValue value = value(key);
    if (value == null) {
      problem(key, "is missing; it " + description);
      return standIn;
    }
    boolean composite =
        value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST;
    if (!composite) {
      try {
        T result = read.apply(object.toConfig());
        if (result != null) {
          return result;
        }
      } catch (ConfigException e) {
        // Of the wrong type or unit: the same answer as a value out of range.
      }
    }
    problem(key, description + ", not " + shown(value));
    return standIn;
  }

  /** Whether {@code text} can be a path. */
  static boolean isPath(String text) {
    try {
      return !text.isBlank() && !Path.of(text).toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Whether {@code key} is there; it counts as known from now on. */
  boolean has(String key) {
    return value(key) != null;
  }

  private @Nullable ConfigValue value(String key) {
    known.add(key);
    ConfigValue value = object.get(key);
    return value == null || value.valueType() == ConfigValueType.NULL ? null : value;
  }

  /** Notes a problem with {@code key}, which may be absent. */
  void problem(String key, String what) {
    ConfigValue value = object.get(key);
    problems.add(
        new Problem(at(key), origin(value == null ? object.origin() : value.origin()), what));
  }

  /** Notes the keys that nobody asked for, each with the known key that it may have meant. */
  void finish() {
    for (String key : object.keySet()) {
      if (!known.contains(key)) {
        String near = Spelling.nearest(key, known);
        problem(
            key,
            "is not a known key; "
                + (near == null
                    ? "known here: " + String.join(", ", known)
                    : "did you mean " + at(near) + "?"));
      }
    }
  }

  private ConfigObject emptyHere() {
    return ConfigValueFactory.fromMap(Map.of(), object.origin().description())
        .withOrigin(object.origin());
  }

  String at(String key) {
    return path + "." + ConfigUtil.joinPath(key);
  }

  private static String shown(ConfigValue value) {
    String text = value.render(ConfigRenderOptions.concise());
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }

  /** File and line, without the path when the parser gives a URL. */
  private static String origin(ConfigOrigin origin) {
    String name = origin.filename() != null ? origin.filename() : origin.description();
    return origin.filename() != null && origin.lineNumber() > 0
        ? name + ":" + origin.lineNumber()
        : name;
  }
}
