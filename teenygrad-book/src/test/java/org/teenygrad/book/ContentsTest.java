package org.teenygrad.book;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.models.settings.Setting;

class ContentsTest {
  private static final List<Section> SECTIONS = Contents.programs().stream().map(Program::section).toList();

  @Test
  void namesAreDistinctAndFitACommandLine() {
    assertThat(SECTIONS).extracting(Section::name).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z][a-z0-9-]*"));
    assertThat(SECTIONS).extracting(Section::title).allSatisfy(title -> assertThat(title).hasSizeBetween(10, 90));
  }

  @Test
  void programsStandInTheOrderOfTheBook() {
    assertThat(SECTIONS).extracting(Section::number).allMatch(number -> number.matches("[123]\\.\\d(\\.\\d)?")).isSortedAccordingTo(Comparator.naturalOrder());
  }

  @Test
  void everyProgramIsARecordWhoseSettingsAreExplained() {
    assertThat(Contents.programs()).allSatisfy(program -> assertThat(Setting.of(((Record) program).getClass())).isNotNull());
  }
}
