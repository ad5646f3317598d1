package org.millrace.features.asof;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What tasks hand to the driver, as task results: between JVMs the object itself, serialised; where
 * driver and tasks are one JVM, a number under which the driver finds the very object.
 *
 * <p>Either way only what Spark accepts as a task's result is ever looked at: what a repeated,
 * speculative or failed task left behind is dropped when the parcels are closed. Bytes are used
 * because any serialiser that a user may have chosen for results can carry them.
 *
 * <p>Placement: opened and closed on the driver, packs in tasks; thread-safe.
 */
final class Parcels implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1L;

  private static final AtomicLong NEXT = new AtomicLong();
  private static final Map<Long, Map<Long, Object>> HELD = new ConcurrentHashMap<>();

  private final long id;
  private final boolean oneJvm;

  private Parcels(long id, boolean oneJvm) {
    this.id = id;
    this.oneJvm = oneJvm;
  }

  /**
   * Driver: parcels of one query.
   *
   * @param oneJvm whether tasks run in this JVM
   */
  static Parcels open(boolean oneJvm) {
    Parcels parcels = new Parcels(NEXT.incrementAndGet(), oneJvm);
    if (oneJvm) {
      HELD.put(parcels.id, new ConcurrentHashMap<>());
    }

    return parcels;
  }

  /** Task: what to return in place of an object, which must be serialisable and not change. */
  byte[] pack(Object content) {
    if (!oneJvm) {
      return serialise(content);
    }

    Map<Long, Object> held = HELD.get(id);
    if (held == null) {
      throw new IllegalStateException("the join has ended before this task");
    }

    long number = NEXT.incrementAndGet();
    held.put(number, content);
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  /** Driver: the object, once. */
  <T> T open(byte[] packed, Class<T> type) {
    if (!oneJvm) {
      return type.cast(deserialise(packed));
    }

    Map<Long, Object> held = HELD.get(id);
    Object content = held == null ? null : held.remove(ByteBuffer.wrap(packed).getLong());
    if (content == null) {
      throw new IllegalStateException("a task's result was opened twice, or after the join");
    }

    return type.cast(content);
  }

  /** Driver: forgets what was not opened. */
  @Override
  public void close() {
    HELD.remove(id);
  }

  private static byte[] serialise(Object content) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(content);
      }

      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object deserialise(byte[] bytes) {
    try (ObjectInputStream in = new LoaderAwareInput(bytes)) {
      return in.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Finds classes where this class was found, as jars added to a session are not on the path. */
  private static final class LoaderAwareInput extends ObjectInputStream {
    LoaderAwareInput(byte[] bytes) throws IOException {
      super(new ByteArrayInputStream(bytes));
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(description.getName(), false, Parcels.class.getClassLoader());
      } catch (ClassNotFoundException e) {
        return super.resolveClass(description); // primitive types
      }
    }
  }
}
