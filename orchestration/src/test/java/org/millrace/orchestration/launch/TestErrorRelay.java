package org.millrace.orchestration.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestErrorRelay {
  private static final String LINE = "WARNING: Using incubator modules: jdk.incubator.vector\n";

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8192})
  void leavesOutThatLineAlone(int atOnce) throws IOException {
    String before = "spark-submit: found\n";
    String after = "WARNING: Using the last of it\nERROR: " + LINE + "WARNING: Using";

    assertThat(relayed(before + LINE + after, atOnce)).isEqualTo(before + after);
    assertThat(relayed(LINE, atOnce)).isEmpty();
    assertThat(relayed("", atOnce)).isEmpty();
  }

  @Test
  void otherIncubatorsAreTold() throws IOException {
    String line = "WARNING: Using incubator modules: jdk.incubator.vector, jdk.incubator.foreign\n";

    assertThat(relayed(line, 8192)).isEqualTo(line);
  }

  @Test
  void onlyProgramsWithTheModuleAreRelayed() {
    assertThat(ErrorRelay.isFor(List.of("java", "--add-modules=jdk.incubator.vector"))).isTrue();
    assertThat(ErrorRelay.isFor(List.of("java", "-Xmx1g"))).isFalse();
  }

  private static String relayed(String text, int atOnce) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    InputStream in =
        new ByteArrayInputStream(text.getBytes(UTF_8)) {
          @Override
          public synchronized int read(byte[] into, int from, int length) {
            return super.read(into, from, Math.min(length, atOnce));
          }

          @Override
          public int read(byte[] into) {
            return read(into, 0, into.length);
          }
        };
    ErrorRelay.relay(in, out);
    return out.toString(UTF_8);
  }
}
