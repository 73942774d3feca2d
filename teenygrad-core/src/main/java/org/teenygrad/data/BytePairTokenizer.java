package org.teenygrad.data;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/// OpenAI's vocabularies, which come with jtokkit. A vocabulary is read when it is first used.
final class BytePairTokenizer implements Tokenizer {
  private static final EncodingRegistry VOCABULARIES = Encodings.newLazyEncodingRegistry();

  /// One more than the last token, a special one.
  private static final Map<EncodingType, Integer> SIZES = Map.of(
      EncodingType.R50K_BASE, 50_257,
      EncodingType.CL100K_BASE, 100_277,
      EncodingType.O200K_BASE, 200_019);

  private final Encoding encoding;
  private final int vocabularySize;

  private BytePairTokenizer(Encoding encoding, int vocabularySize) {
    this.encoding = encoding;
    this.vocabularySize = vocabularySize;
  }

  static BytePairTokenizer of(EncodingType type) {
    return new BytePairTokenizer(VOCABULARIES.getEncoding(type), SIZES.getOrDefault(type, 0));
  }

  @Override
  public int vocabularySize() {
    return vocabularySize;
  }

  @Override
  public int[] encode(String text) {
    return encoding.encodeOrdinary(wellFormed(text)).toArray();
  }

  /// With U+FFFD for halves of surrogate pairs, which have no bytes in UTF-8. As tiktoken does.
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);
  }

  @Override
  public byte[] decodeBytes(int... tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    IntArrayList one = new IntArrayList(1);
    for (int token : tokens) {
      one.clear();
      one.add(token);
      try {
        bytes.writeBytes(encoding.decodeBytes(one));
      } catch (RuntimeException e) { // jtokkit throws several kinds
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "the token %d is not one of %s", token, encoding.getName()), e);
      }
    }
    return bytes.toByteArray();
  }

  @Override
  public String decode(int... tokens) {
    return new String(decodeBytes(tokens), StandardCharsets.UTF_8);
  }
}
