package org.millrace.features.asof;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.serializer.KryoSerializer;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Values of one partition of a view as they are shuffled: a head, the words as they stand in
 * memory, the bytes of open values. Most of what travels in a cluster is this, so that it is copied
 * as a whole and never looked at number by number.
 */
final class ValueParcel {
  private static final int HEAD = 4 * Integer.BYTES; // view, partition, rows, bytes

  private ValueParcel() {}

  /** Task: the rows of a chunk, as bytes. */
  static byte[] pack(int view, int partition, ValueChunk values) {
    long words = (long) values.wordCount() * Long.BYTES;
    byte[] packed = new byte[Math.toIntExact(HEAD + words + values.byteCount())];
    ByteBuffer buffer = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(view).putInt(partition).putInt(values.rows()).putInt(values.byteCount());
    buffer.asLongBuffer().put(values.words, 0, values.wordCount());
    System.arraycopy(values.bytes, 0, packed, HEAD + (int) words, values.byteCount());
    return packed;
  }

  /**
   * Task: what was packed.
   *
   * @param columns by view
   */
  static FetchValues.Fetched open(byte[] packed, List<ValueColumns> columns) {
    ByteBuffer buffer = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    int view = buffer.getInt();
    int partition = buffer.getInt();
    int rows = buffer.getInt();
    int bytes = buffer.getInt();
    long[] words = new long[rows * columns.get(view).width()];
    buffer.asLongBuffer().get(words);
    byte[] open = Arrays.copyOfRange(packed, packed.length - bytes, packed.length);
    ValueChunk values = new ValueChunk(columns.get(view), rows, words, open);
    return new FetchValues.Fetched(view, partition, values);
  }

  /**
   * Driver: parcels brought to the partitions that their keys name. By Kryo, whatever serialiser
   * the session has: Java's copies byte arrays a kilobyte at a time.
   */
  static JavaPairRDD<Integer, byte[]> shuffle(
      JavaPairRDD<Integer, byte[]> parcels, int partitions, SparkConf conf) {
    ClassTag<Integer> key = ClassTag$.MODULE$.apply(Integer.class);
    ClassTag<byte[]> value = ClassTag$.MODULE$.apply(byte[].class);
    ShuffledRDD<Integer, byte[], byte[]> shuffled =
        new ShuffledRDD<Integer, byte[], byte[]>(
                parcels.rdd(), new HashPartitioner(Math.max(1, partitions)), key, value, value)
            .setSerializer(new KryoSerializer(conf));
    RDD<Tuple2<Integer, byte[]>> rdd = shuffled;
    return JavaPairRDD.fromRDD(rdd, key, value);
  }
}
