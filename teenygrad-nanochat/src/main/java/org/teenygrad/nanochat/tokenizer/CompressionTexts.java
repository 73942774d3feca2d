package org.teenygrad.nanochat.tokenizer;

import java.util.LinkedHashMap;
import java.util.Map;

/// Short texts of several kinds, which show where a tokenizer compresses well.
public final class CompressionTexts {
  private CompressionTexts() {}

  /// The texts by kind: news, Korean, code, mathematics, science.
  public static Map<String, String> all() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("news", """
        The harbour town opened its new tide gate on Monday after eleven years of work. Engineers said that the gate, which weighs 940 tonnes, \
        closes within 25 minutes and should keep the old quarter dry in all but the worst storms. "We have stopped carrying sandbags," said the \
        mayor, who grew up two streets from the water. Fishermen were less sure: they'll have to plan their trips around the gate's hours, and \
        the first week has already cost some of them a morning's catch. The council promised to publish the times a month ahead.
        """);
    texts.put("korean", """
        아침마다 우리는 강가를 따라 걷는다. 물은 조용히 흐르고 새들은 갈대 사이에서 노래한다. 오늘은 날씨가 맑아서 멀리 산까지 보였다. \
        시장에서 사과와 빵을 사고, 집에 돌아와 차를 마시며 책을 읽었다.
        """);
    texts.put("code", """
        def moving_average(values, width):
            if width < 1 or width > len(values):
                raise ValueError(f"width must be in 1..{len(values)}, got {width}")
            total = sum(values[:width])
            averages = [total / width]
            for i in range(width, len(values)):
                total += values[i] - values[i - width]
                averages.append(total / width)
            return averages


        if __name__ == "__main__":
            print(moving_average([3, 1, 4, 1, 5, 9, 2, 6], width=3))
        """);
    texts.put("math", """
        \\begin{theorem}
        For every integer $n \\ge 1$ we have $\\sum_{k=1}^{n} k^3 = \\left(\\frac{n(n+1)}{2}\\right)^2$.
        \\end{theorem}
        \\begin{proof}
        For $n = 1$ both sides are $1$. If it holds for $n$, then adding $(n+1)^3$ gives
        $\\frac{(n+1)^2}{4}\\left(n^2 + 4n + 4\\right) = \\left(\\frac{(n+1)(n+2)}{2}\\right)^2$. \\qedhere
        \\end{proof}
        """);
    texts.put("science", """
        Leaves look green because chlorophyll absorbs red and blue light and reflects what lies between. The energy of an absorbed photon moves \
        an electron to a higher level, from where a chain of proteins in the thylakoid membrane passes it on; protons are pumped across the \
        membrane on the way, and their return drives the synthesis of ATP. Carbon dioxide is fixed later, in the stroma, by the enzyme RuBisCO.
        """);
    return texts;
  }
}
