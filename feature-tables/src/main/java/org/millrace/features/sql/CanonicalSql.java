package org.millrace.features.sql;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.misc.ParseCancellationException;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;
import org.apache.spark.sql.catalyst.parser.UpperCaseCharStream;
import org.millrace.contracts.definition.SqlForm;

/**
 * The canonical form of SQL: its words as the grammar of Spark SQL tells them apart, with one space
 * between them. Keywords are in upper case, names of functions in lower case, other names as they
 * are written, in backquotes; comments are gone, hints stay.
 *
 * <p>Only Spark's generated parser is used: no session, no catalog. Stateless.
 */
public final class CanonicalSql implements SqlForm {
  private static final Pattern KEYWORD = Pattern.compile("[A-Za-z_]+");

  // the parser looks ahead over each open bracket: 200,000 of them took it 150 seconds
  private static final int DEEPEST = 200;

  @Override
  public String query(String sql) {
    return canonical(sql, SqlBaseParser::singleStatement).orElse(sql);
  }

  @Override
  public String condition(String sql) {
    return canonical(sql, SqlBaseParser::singleExpression).orElse(sql);
  }

  /** Empty if the text cannot be parsed: what is wrong is told where it is to be run. */
  private static Optional<String> canonical(
      String sql, Function<SqlBaseParser, ParserRuleContext> rule) {
    SqlBaseLexer lexer =
        new SqlBaseLexer(new UpperCaseCharStream(CharStreams.fromString(sql.strip())));
    lexer.removeErrorListeners();
    lexer.addErrorListener(new Refusal());
    CommonTokenStream tokens = new CommonTokenStream(lexer);
    SqlBaseParser parser = new SqlBaseParser(tokens);
    parser.removeErrorListeners();
    parser.addErrorListener(new Refusal());
    // as Spark does first; where this is not enough, the text counts as it is written
    parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
    try {
      tokens.fill();
      if (depth(tokens.getTokens()) > DEEPEST) {
        return Optional.empty();
      }

      StringJoiner words = new StringJoiner(" ");
      collect(rule.apply(parser), words);
      return Optional.of(words.toString());
    } catch (ParseCancellationException e) {
      return Optional.empty();
    }
  }

  private static int depth(List<Token> tokens) {
    int depth = 0;
    int deepest = 0;
    for (Token token : tokens) {
      depth +=
          switch (token.getType()) {
            case SqlBaseLexer.LEFT_PAREN, SqlBaseLexer.LEFT_BRACKET, SqlBaseLexer.CASE -> 1;
            case SqlBaseLexer.RIGHT_PAREN, SqlBaseLexer.RIGHT_BRACKET, SqlBaseLexer.END -> -1;
            default -> 0;
          };
      deepest = Math.max(deepest, depth);
    }

    return deepest;
  }

  private static void collect(ParseTree node, StringJoiner words) {
    if (node instanceof TerminalNode word) {
      if (word.getSymbol().getType() != Token.EOF) {
        words.add(word(word));
      }

      return;
    }

    for (int i = 0; i < node.getChildCount(); i++) {
      collect(node.getChild(i), words);
    }
  }

  private static String word(TerminalNode node) {
    String text = node.getText();
    if (isName(node)) {
      String name =
          node.getSymbol().getType() == SqlBaseParser.BACKQUOTED_IDENTIFIER
              ? text
              : "`" + text + "`";
      return isOfFunction(node) ? name.toLowerCase(Locale.ROOT) : name;
    }

    return KEYWORD.matcher(text).matches() ? text.toUpperCase(Locale.ROOT) : text;
  }

  /** A word that is a keyword elsewhere can be a name: what decides is where it stands. */
  private static boolean isName(TerminalNode node) {
    return has(node, SqlBaseParser.IdentifierContext.class)
        || has(node, SqlBaseParser.StrictIdentifierContext.class);
  }

  private static boolean isOfFunction(TerminalNode node) {
    return has(node, SqlBaseParser.FunctionNameContext.class);
  }

  private static boolean has(TerminalNode node, Class<? extends ParserRuleContext> kind) {
    for (ParseTree at = node.getParent(); at != null; at = at.getParent()) {
      if (kind.isInstance(at)) {
        return true;
      }
      if (at instanceof SqlBaseParser.ExpressionContext) {
        return false; // what surrounds an expression says nothing of the names in it
      }
    }

    return false;
  }

  private static final class Refusal extends BaseErrorListener {
    @Override
    public void syntaxError(
        Recognizer<?, ?> recognizer,
        Object symbol,
        int line,
        int column,
        String message,
        RecognitionException e) {
      throw new ParseCancellationException(message, e);
    }
  }
}
