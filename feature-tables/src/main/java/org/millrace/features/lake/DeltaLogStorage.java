package org.millrace.features.lake;

import java.io.IOException;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.storage.ClosableIterator;
import org.apache.spark.sql.delta.storage.LogStore;
import org.apache.spark.sql.delta.storage.LogStore$;
import scala.collection.JavaConverters;

/** Logs as the log store of a session gives them. Driver only; thread-safe. */
final class DeltaLogStorage implements LogStorage {
  private final Configuration configuration;
  private final LogStore store;

  DeltaLogStorage(SparkSession spark) {
    configuration = spark.sessionState().newHadoopConf();
    store = LogStore$.MODULE$.createLogStore(spark);
  }

  @Override
  public Configuration configuration() {
    return configuration;
  }

  @Override
  public Iterator<FileStatus> listFrom(Path first) {
    return JavaConverters.asJavaIterator(store.listFrom(first, configuration));
  }

  @Override
  public Stream<String> lines(Path file) throws IOException {
    ClosableIterator<String> lines = store.readAsIterator(file, configuration);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                JavaConverters.asJavaIterator(lines), Spliterator.ORDERED),
            false)
        .onClose(() -> PlainLogStorage.close(lines));
  }
}
