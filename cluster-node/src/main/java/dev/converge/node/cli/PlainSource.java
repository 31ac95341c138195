package dev.converge.node.cli;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One connection after the other, for reading.
 *
 * @param url of JDBC
 * @param user who logs in; empty if nobody has to
 * @param password may be empty
 */
record PlainSource(String url, String user, String password) implements DataSource {
  @Override
  public Connection getConnection() throws SQLException {
    Connection connection =
        user.isEmpty()
            ? DriverManager.getConnection(url)
            : DriverManager.getConnection(url, user, password);
    connection.setReadOnly(true);
    return connection;
  }

  @Override
  public Connection getConnection(String name, String word) throws SQLException {
    return DriverManager.getConnection(url, name, word);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {
    // nothing is logged
  }

  @Override
  public void setLoginTimeout(int seconds) {
    DriverManager.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() {
    return DriverManager.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
