package dev.converge.crdt.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.SerializerProvider;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.sequence.RGA;
import dev.converge.crdt.sequence.SequenceParts;
import dev.converge.crdt.sequence.SequenceParts.Deletion;
import dev.converge.crdt.sequence.SequenceParts.Run;
import dev.converge.crdt.sequence.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sequences: runs with their neighbours and what they hold, and what was deleted before it came.
 *
 * @param <T> the type
 * @param <C> what a run holds
 */
abstract class SequenceForm<T, C> extends PlainForm<T> {
  private static final String RUNS = "runs";
  private static final String DELETIONS = "deletions";

  /** The field of a run with what it holds. */
  abstract String contentField();

  abstract SequenceParts<C> partsOf(T value);

  abstract T of(SequenceParts<C> parts);

  abstract void writeContent(C content, JsonGenerator out, SerializerProvider provider)
      throws IOException;

  /** Counts what it keeps. */
  abstract C readContent(JsonInput in) throws IOException;

  @Override
  List<String> fields() {
    return List.of(RUNS, DELETIONS);
  }

  @Override
  void write(T value, JsonGenerator out, SerializerProvider provider) throws IOException {
    SequenceParts<C> parts = partsOf(value);
    out.writeArrayFieldStart(RUNS);
    for (Run<C> run : parts.runs()) {
      out.writeStartObject();
      out.writeStringField("dots", dots(run.first(), run.length()));
      writeNeighbour(out, "after", run.after());
      writeNeighbour(out, "before", run.before());
      C content = run.content();
      if (content != null) {
        out.writeFieldName(contentField());
        writeContent(content, out, provider);
      }
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart(DELETIONS);
    for (Deletion deletion : parts.deletions()) {
      out.writeString(dots(deletion.first(), deletion.length()));
    }
    out.writeEndArray();
  }

  private static String dots(Dot first, long length) {
    return DotText.run(first.replica(), first.sequence(), first.sequence() + length - 1);
  }

  private static void writeNeighbour(JsonGenerator out, String field, @Nullable Dot dot)
      throws IOException {
    if (dot != null) {
      out.writeStringField(field, dot.toString());
    }
  }

  @Override
  Parts parts() {
    return new Parts() {
      private final List<Run<C>> runs = new ArrayList<>();
      private final List<Deletion> deletions = new ArrayList<>();

      @Override
      boolean readField(JsonInput in, String field) throws IOException {
        if (!field.equals(RUNS) && !field.equals(DELETIONS)) {
          return false;
        }
        in.startArray();
        while (in.element()) {
          in.count();
          if (field.equals(RUNS)) {
            runs.add(readRun(in));
          } else {
            DotText.Run dots = in.run();
            deletions.add(new Deletion(first(dots), dots.to() - dots.from() + 1));
          }
        }
        return true;
      }

      @Override
      T make() {
        return of(new SequenceParts<>(runs, deletions));
      }
    };
  }

  private static Dot first(DotText.Run dots) {
    return Dot.of(dots.replica(), dots.from());
  }

  private Run<C> readRun(JsonInput in) throws IOException {
    in.startObject();
    DotText.Run dots = null;
    Dot after = null;
    Dot before = null;
    C content = null;
    for (String field = in.field(); field != null; field = in.field()) {
      if (field.equals("dots") && dots == null) {
        dots = in.run();
      } else if (field.equals("after") && after == null) {
        after = in.dot();
      } else if (field.equals("before") && before == null) {
        before = in.dot();
      } else if (field.equals(contentField()) && content == null) {
        content = readContent(in);
      } else {
        throw in.malformed("a run of a " + name() + " has no field " + DotText.shown(field));
      }
    }
    if (dots == null || dots.to() - dots.from() >= Integer.MAX_VALUE) {
      throw in.malformed("a run has dots, at most 2147483647");
    }
    return new Run<>(first(dots), (int) (dots.to() - dots.from() + 1), after, before, content);
  }

  static final class OfText extends SequenceForm<Text, String> {
    @Override
    String name() {
      return "text";
    }

    @Override
    String contentField() {
      return "text";
    }

    @Override
    SequenceParts<String> partsOf(Text value) {
      return value.parts();
    }

    @Override
    Text of(SequenceParts<String> parts) {
      return Text.of(parts);
    }

    @Override
    void writeContent(String content, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(content);
    }

    @Override
    String readContent(JsonInput in) throws IOException {
      String content = in.text("the text of a run");
      in.count(content.length());
      return content;
    }
  }

  static final class OfList extends SequenceForm<RGA<Object>, List<Object>> {
    private final JsonValue element;

    OfList(JavaType type) {
      this.element = JsonValue.of(type.containedTypeOrUnknown(0));
    }

    @Override
    String name() {
      return "rga";
    }

    @Override
    String contentField() {
      return "elements";
    }

    @Override
    SequenceParts<List<Object>> partsOf(RGA<Object> value) {
      return value.parts();
    }

    @Override
    RGA<Object> of(SequenceParts<List<Object>> parts) {
      return RGA.of(parts);
    }

    @Override
    void writeContent(List<Object> content, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStartArray();
      for (Object each : content) {
        provider.defaultSerializeValue(each, out);
      }
      out.writeEndArray();
    }

    @Override
    List<Object> readContent(JsonInput in) throws IOException {
      in.startArray();
      List<Object> elements = new ArrayList<>();
      while (in.element()) {
        in.count();
        elements.add(element.read(in));
      }
      return elements;
    }
  }
}
