package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GreaterThan;
import org.apache.spark.sql.catalyst.expressions.LessThanOrEqual;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.types.DataTypes;

/**
 * What a spine that is known says of the rows of a view that can count: no time after the last
 * as-of time, no fact as old as the ttl before the first one, none but the spine's keys. A scan may
 * leave out rows that break a bound, and need not: the join looks at every row it gets. A row with
 * a null in a bounded column counts for nothing, so that SQL's unknown may be left out too.
 *
 * <p>Driver only.
 */
final class ViewBounds {
  // java.sql's calendar and ours agree on these years; what lies outside is not bounded
  private static final long FIRST_MICROS = -2_208_988_800_000_000L; // 1900
  private static final long LAST_MICROS = 253_370_764_800_000_000L; // 9999

  private ViewBounds() {}

  /**
   * A condition on one column of a view.
   *
   * @param condition made of the column, as whoever reads it calls it
   */
  record Bound(Attribute column, Function<Attribute, Expression> condition) {}

  /** The bounds of a view; none where the spine has no row that asks for anything. */
  static List<Bound> of(AsOfShape.Columns view, TimeIndex spine, KeyReader reader) {
    List<Bound> bounds = new ArrayList<>();
    if (spine.slots() == 0) {
      return bounds;
    }

    if (isPlain(spine.lastTime)) {
      Literal last = new Literal(spine.lastTime, DataTypes.TimestampType);
      bounds.add(new Bound(view.event(), event -> new LessThanOrEqual(event, last)));
      if (!view.known().exprId().equals(view.event().exprId())) {
        bounds.add(new Bound(view.known(), known -> new LessThanOrEqual(known, last)));
      }
    }

    long ttl = view.view().ttlMicros();
    if (ttl != Long.MAX_VALUE && isPlain(spine.firstTime) && isPlain(spine.firstTime - ttl)) {
      Literal tooOld = new Literal(spine.firstTime - ttl, DataTypes.TimestampType);
      bounds.add(new Bound(view.event(), event -> new GreaterThan(event, tooOld)));
    }

    List<KeyRange> keys = KeyRange.of(spine, reader);
    for (int i = 0; i < keys.size(); i++) {
      keys.get(i).condition().map(new At(view.keys().get(i))::bound).ifPresent(bounds::add);
    }

    return List.copyOf(bounds);
  }

  private static boolean isPlain(long micros) {
    return micros >= FIRST_MICROS && micros <= LAST_MICROS;
  }

  private record At(Attribute column) {
    private Bound bound(Function<Attribute, Expression> condition) {
      return new Bound(column, condition);
    }
  }
}
