package org.teenygrad.book;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.teenygrad.Tensor;
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

  /// A tensor that is made when a program is listed would choose the device before `--device` is read.
  @Test
  void listingProgramsMakesNoTensor() {
    List<Field> tensors = Contents.programs().stream()
        .flatMap(program -> Stream.concat(Stream.of(program.getClass()), Stream.of(program.getClass().getDeclaredClasses())))
        .flatMap(type -> Stream.of(type.getDeclaredFields()))
        .filter(field -> Modifier.isStatic(field.getModifiers()) && Tensor.class.isAssignableFrom(field.getType()))
        .toList();
    assertThat(tensors).isEmpty();
  }
}
