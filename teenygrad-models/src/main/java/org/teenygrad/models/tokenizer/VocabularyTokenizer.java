package org.teenygrad.models.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.teenygrad.data.Tokenizer;
import org.teenygrad.models.tokenizer.AddedTokens.Added;
import org.teenygrad.models.tokenizer.AddedTokens.Part;

/// The tokenizer of a model that others trained. Safe for use by several threads.
public final class VocabularyTokenizer implements Tokenizer {
  /// Marks what looks like a special token but is text: a code point that no text has.
  private static final String MARK = "\uFDD0";

  private final List<Added> added;
  private final AddedTokens beforeNormalizing;
  private final AddedTokens afterNormalizing;
  private final UnaryOperator<String> normalizer;
  private final Splitter splitter;
  private final PieceEncoding encoding;
  private final byte[][] bytes; // by token; an empty array where there is none
  private final boolean beginsWithSpace;
  private final int[] beginning;
  private final BitSet special = new BitSet();

  /// @param bytes by token
  /// @param beginsWithSpace whether a text's first word has been given a space, which is not shown
  /// @param beginning the tokens before each text
  VocabularyTokenizer(
      List<Added> added, UnaryOperator<String> normalizer, Splitter splitter, PieceEncoding encoding, byte[][] bytes, boolean beginsWithSpace,
      int[] beginning) {
    this.added = List.copyOf(added);
    this.beforeNormalizing = new AddedTokens(added.stream().filter(each -> !each.isNormalized()).toList());
    this.afterNormalizing = new AddedTokens(added.stream().filter(Added::isNormalized).map(each -> each.normalized(normalizer)).toList());
    this.normalizer = normalizer;
    this.splitter = splitter;
    this.encoding = encoding;
    this.bytes = bytes;
    this.beginsWithSpace = beginsWithSpace;
    this.beginning = beginning;
    added.stream().filter(Added::isSpecial).forEach(each -> special.set(each.token()));
  }

  @Override
  public int vocabularySize() {
    return bytes.length;
  }

  /// The tokens before each text; not among those of [#encode].
  public int[] beginning() {
    return beginning.clone();
  }

  /// The token of a text that is one, such as `<|im_end|>`.
  public OptionalInt token(String text) {
    OptionalInt token = added.stream().filter(each -> each.content().equals(text)).mapToInt(Added::token).findFirst();
    Integer ordinary = encoding.vocabulary().get(text);
    return token.isPresent() || ordinary == null ? token : OptionalInt.of(ordinary);
  }

  /// Whether it is a special token: control, not text.
  public boolean isSpecial(int token) {
    return special.get(token);
  }

  @Override
  public int[] encode(String text) {
    return encode(text, false);
  }

  /// The tokens of a text in which special tokens are written out, as a chat template does; [#literal] is for what others say in it.
  public int[] encodeWithSpecial(String text) {
    return encode(text, true);
  }

  /// The text, such that [#encodeWithSpecial] finds no special token in it: nobody can pretend to be somebody else by writing
  /// `<|im_start|>`.
  public String literal(String text) {
    return beforeNormalizing.marked(text.replace(MARK, ""), MARK);
  }

  private int[] encode(String text, boolean readsSpecial) {
    IntStream.Builder tokens = IntStream.builder();
    boolean isFirst = true;
    for (Part part : beforeNormalizing.split(text, readsSpecial)) {
      if (part.added() instanceof Added token) {
        tokens.add(token.token());
      } else {
        encodeText(normalizer.apply(part.text().replace(MARK, "")), readsSpecial, isFirst, tokens);
      }
      isFirst = false;
    }
    return tokens.build().toArray();
  }

  private void encodeText(String text, boolean readsSpecial, boolean isFirst, IntStream.Builder tokens) {
    boolean first = isFirst;
    for (Part part : afterNormalizing.split(text, readsSpecial)) {
      if (part.added() instanceof Added token) {
        tokens.add(token.token());
      } else {
        splitter.split(part.text(), first).forEach(piece -> encoding.encode(piece, tokens));
      }
      first = false;
    }
  }

  @Override
  public byte[] decodeBytes(int... tokens) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int token : tokens) {
      if (token < 0 || token >= bytes.length) {
        throw new IllegalArgumentException("the token " + token + " is not one of the vocabulary's " + bytes.length);
      }
      all.writeBytes(bytes[token]);
    }
    return all.toByteArray();
  }

  /// Without the space that a text's first word has been given.
  @Override
  public String decode(int... tokens) {
    String text = new String(decodeBytes(tokens), StandardCharsets.UTF_8);
    return beginsWithSpace && text.startsWith(" ") ? text.substring(1) : text;
  }
}
