package org.millrace.bench.contender;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** Knows the tasks that run now, and kills one of them. Thread-safe: Spark tells it on its bus. */
final class RunningTasks extends SparkListener {
  private final Set<Long> tasks = Collections.synchronizedSet(new HashSet<>());

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    tasks.add(start.taskInfo().taskId());
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    tasks.remove(end.taskInfo().taskId());
  }

  /** Kills a random one, interrupting its thread; says whether there was one to kill. */
  boolean killOne(SparkContext spark) {
    List<Long> now;
    synchronized (tasks) {
      now = new ArrayList<>(tasks);
    }

    if (now.isEmpty()) {
      return false;
    }

    long one = now.get(ThreadLocalRandom.current().nextInt(now.size()));
    return spark.killTaskAttempt(one, true, "soak");
  }
}
