package dev.converge.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection that is kept open, for one request after the other: what a load generator needs of
 * HTTP/1.1 and no more, so that it takes little of the machine that it shares with what it loads.
 * Answers must say their length. Not thread-safe.
 */
final class HttpConnection implements AutoCloseable {
  private static final int ANSWER_LIMIT_MILLIS = 60_000;
  private static final String LENGTH = "content-length:";

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final StringBuilder line = new StringBuilder(128);

  HttpConnection(URI server) throws IOException {
    this.socket = new Socket(server.getHost(), server.getPort());
    this.socket.setTcpNoDelay(true);
    this.socket.setSoTimeout(ANSWER_LIMIT_MILLIS);
    this.in = new BufferedInputStream(socket.getInputStream(), 16_384);
    this.out = socket.getOutputStream();
  }

  /** A request with all that {@link #exchange} sends. */
  static byte[] get(String path) {
    return ("GET " + path + " HTTP/1.1\r\nHost: node\r\n\r\n").getBytes(StandardCharsets.UTF_8);
  }

  /** As above, with a body of JSON, which is ASCII. */
  static byte[] post(String path, String json) {
    return ("POST "
            + path
            + " HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\nContent-Length: "
            + json.length()
            + "\r\n\r\n"
            + json)
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Sends a request and reads its answer to the end.
   *
   * @return the answer's status
   */
  int exchange(byte[] request) throws IOException {
    out.write(request);
    String status = line();
    int length = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith(LENGTH)) {
        length = Integer.parseInt(lower.substring(LENGTH.length()).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        throw new IOException("an answer in chunks, which this does not read: " + header);
      }
    }
    in.skipNBytes(length);
    return Integer.parseInt(status.substring(9, 12));
  }

  private String line() throws IOException {
    line.setLength(0);
    while (true) {
      int read = in.read();
      if (read < 0) {
        throw new EOFException("the server has closed the connection");
      } else if (read == '\n') {
        return line.toString();
      } else if (read != '\r') {
        line.append((char) read);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
