package org.teenygrad.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BookTest {
  private final Book book = new Book();

  @Test
  void chaptersStandInTheirOrder() {
    assertThat(book.names()).startsWith("1.1-probability", "1.2-regression").endsWith("3.1-scaling", "3.2-engine").hasSize(12);
    assertThat(book.chapter("1.1-probability").title()).isEqualTo("1.1 Probability");
    assertThat(book.contents().title()).startsWith("The book");
    assertThatThrownBy(() -> book.chapter("README")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1.1-probability");
  }

  @Test
  void everyChapterHasCells() {
    assertThat(book.names()).allSatisfy(name -> assertThat(book.chapter(name).cells()).as(name).isNotEmpty());
  }

  @Test
  void blocksOfJavaAreCellsAndOthersAreNot() {
    String html = book.chapter("1.1-probability").html();
    assertThat(html).contains("<div class=\"cell\" id=\"cell-1\"><pre><code>").contains("<div class=\"command\"").doesNotContain("id=\"\"");
    assertThat(html.split("class=\"cell\"", -1)).hasSize(book.chapter("1.1-probability").cells().size() + 1);
  }

  @Test
  void linksLeadToChaptersAndFilesOfTheSourcesAreNamed() {
    assertThat(book.contents().html()).contains("<a href=\"/book/2.3-gpu\">").doesNotContain(".md\"");
    assertThat(book.chapter("3.2-engine").html()).doesNotContain("../").contains("<code>OwnDevice</code>");
  }

  @Test
  void headingsCanBeLinkedTo() {
    assertThat(book.chapter("1.1-probability").html()).contains("<h2 id=\"a-sunrise-conditional-probability\">");
  }
}
