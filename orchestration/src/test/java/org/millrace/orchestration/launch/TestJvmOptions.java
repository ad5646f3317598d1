package org.millrace.orchestration.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestJvmOptions {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          -Xlog:gc  -Da=b|-Xlog:gc,-Da=b
          -Da="b c" -Dd=e|-Da=b c,-Dd=e
          "-Da=b c"|-Da=b c
          -Da='b "c"'|-Da=b "c"
          -Da=b\\ c|-Da=b c
          -Da="x\\"y"|-Da=x"y
          -Da=''|-Da=
          """)
  void splitsAsSparkDoes(String text, String words) {
    assertThat(JvmOptions.words(text)).containsExactly(words.split(",", -1));
  }

  @Test
  void noOptionsAreNoWords() {
    assertThat(JvmOptions.words(" ")).isEmpty();
  }

  @Test
  void joinedWordsAreSplitIntoTheSame() {
    List<String> words = List.of("-Xlog:gc", "-Da=b c", "-Dq=\"'\\", "-De=", "");

    assertThat(JvmOptions.words(JvmOptions.joined(words))).isEqualTo(words);
  }

  /** By a real JVM: the form of such files is that of the {@code java} program. */
  @Test
  void javaReadsTheArgumentFile(@TempDir Path directory) throws IOException {
    List<String> values = List.of("plain", "b c", "#no comment", "q\"uo'te", "back\\slash", "@at");
    List<String> options =
        java.util.stream.IntStream.range(0, values.size())
            .mapToObj(at -> "-Dtest." + at + "=" + values.get(at))
            .toList();
    Path file = directory.resolve("a file");
    Files.writeString(file, JvmOptions.argumentFile(options));
    List<String> command = new java.util.ArrayList<>(ChildProgram.call("properties", "test."));
    command.add(1, "@" + file);

    assertThat(ChildProcess.capture(command, Map.of()).lines()).isEqualTo(values);
  }
}
