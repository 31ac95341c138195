package dev.converge.node.cluster;

import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Clients for addresses of nodes, which speak HTTP/1.1 without TLS. */
public final class PlainHttp {
  private PlainHttp() {}

  /**
   * A client that takes no {@code https} address. One as the JDK makes it reads all certificate
   * authorities at once, some 0.2 s of CPU time of each start of a node, though nobody needs them.
   *
   * @param connectLimit how long connecting may take
   * @throws IllegalStateException if the JDK has no TLS at all
   */
  public static HttpClient client(Duration connectLimit) {
    try {
      SSLContext trustsNobody = SSLContext.getInstance("TLS");
      trustsNobody.init(null, new TrustManager[0], null);
      return HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(connectLimit)
          .sslContext(trustsNobody)
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK cannot make an SSLContext: " + e, e);
    }
  }
}
