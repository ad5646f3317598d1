package org.millrace.features.asof;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * What the driver gives to tasks to read: a Spark broadcast, or, where driver and tasks are one
 * JVM, the very object. Lives as long as the driver's copy of the handle (which an RDD that uses it
 * holds), so that the RDD can run again.
 *
 * <p>Placement: made on the driver, read in tasks; thread-safe.
 */
final class Shared<T> implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Session setting: false has a local master exchange data as executors do. */
  static final String SHARE_MEMORY = "spark.millrace.asof.share-memory";

  private static final AtomicLong NEXT = new AtomicLong();
  private static final Map<Long, WeakReference<Object>> HELD = new ConcurrentHashMap<>();

  private final long id;
  private final @Nullable Broadcast<Sent<T>> broadcast;

  @SuppressWarnings("unused") // keeps the object alive on the driver
  private final transient @Nullable T mine;

  private Shared(long id, @Nullable Broadcast<Sent<T>> broadcast, @Nullable T mine) {
    this.id = id;
    this.broadcast = broadcast;
    this.mine = mine;
  }

  /** By Java's own serialisation, where a session has Kryo too, which cannot read records. */
  @DefaultSerializer(JavaSerializer.class)
  private static final class Sent<T> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final T value;

    Sent(T value) {
      this.value = value;
    }
  }

  /** Driver: whether tasks may be handed references, as they run in this JVM. */
  static boolean isAllowed(SparkSession session) {
    return session.sparkContext().isLocal()
        && Boolean.parseBoolean(session.conf().get(SHARE_MEMORY, "true"));
  }

  /**
   * Driver: shares an object that will not change any more.
   *
   * @param oneJvm whether tasks run in this JVM
   */
  static <T> Shared<T> of(JavaSparkContext context, boolean oneJvm, T value) {
    if (!oneJvm) {
      return new Shared<>(0, context.broadcast(new Sent<>(value)), null);
    }

    HELD.values().removeIf(reference -> reference.get() == null);
    long id = NEXT.incrementAndGet();
    HELD.put(id, new WeakReference<>(value));
    return new Shared<>(id, null, value);
  }

  /** Task: the object. */
  @SuppressWarnings("unchecked") // put by the handle of the same type
  T value() {
    if (broadcast != null) {
      return broadcast.value().value;
    }

    WeakReference<Object> held = HELD.get(id);
    Object value = held == null ? null : held.get();
    if (value == null) {
      throw new IllegalStateException("the driver no longer holds what this task needs");
    }

    return (T) value;
  }
}
