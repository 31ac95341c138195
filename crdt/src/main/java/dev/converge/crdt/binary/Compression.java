package dev.converge.crdt.binary;

/** Whether bytes are compressed. */
public enum Compression {
  /** Never: the same bytes on every machine, for whoever hashes or compares them. */
  NONE,
  /** By Deflate (RFC 1951) at its fastest, where there are enough bytes and it makes them fewer. */
  FAST
}
