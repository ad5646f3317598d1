package org.millrace.orchestration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class TestNameList {
  @Test
  void namesAreSeparatedByCommasOutsideOfQuotes() {
    assertThat(list("a,b c,d.e").names()).containsExactly("a", "b c", "d.e");
    assertThat(list("\"a, b\",\"say \"\"c\"\"\",\"e=f\"").names())
        .containsExactly("a, b", "say \"c\"", "e=f");
    assertThatThrownBy(() -> list("a=b").names()).hasMessageContaining("where a name is expected");
    assertThatThrownBy(() -> list("a=b,a=c").pairs()).hasMessageContaining("Cannot use 'a' twice");
  }

  @Test
  void namesMayBePaired() {
    assertThat(list("x=a,y,\"p=q\"=\"b,c\"").pairs())
        .isEqualTo(Map.of("x", "a", "y", "y", "p=q", "b,c"));
    assertThat(list("x=a,y=b,x=c").groups())
        .isEqualTo(Map.of("x", List.of("a", "c"), "y", List.of("b")));
    assertThat(list("x=\"\",y=b").pairs()).isEqualTo(Map.of("x", "", "y", "b"));
    assertThat(list("x=a=b").pairs()).isEqualTo(Map.of("x", "a=b"));
  }

  @Test
  void emptyNamesAndOpenQuotesAreRefused() {
    for (String text : new String[] {"a,,b", "", "a=", "=a", ","}) {
      assertThatThrownBy(() -> list(text))
          .as(text)
          .isInstanceOf(TypeConversionException.class)
          .hasMessageStartingWith("'" + text + "' has an empty name or value");
    }

    assertThatThrownBy(() -> list("\"a,b")).hasMessageContaining("a quote that does not end");
  }

  private static NameList list(String text) {
    return new NameList.Converter().convert(text);
  }
}
