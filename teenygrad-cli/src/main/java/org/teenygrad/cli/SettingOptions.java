package org.teenygrad.cli;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.teenygrad.models.settings.Setting;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/// Makes an option of each [Setting] of a record.
final class SettingOptions {
  private SettingOptions() {}

  /// @param defaults what holds for settings that are not given
  static void addTo(CommandSpec command, Record defaults) {
    addTo(command, defaults, Set.of(), "");
  }

  /// @param inherited names of settings that another stage's hold for, where they are not given
  /// @param from that stage's
  static void addTo(CommandSpec command, Record defaults, Set<String> inherited, String from) {
    for (Setting setting : Setting.of(defaults.getClass())) {
      OptionSpec.Builder option = OptionSpec.builder(setting.option())
          .type(Object.class)
          .arity("1")
          .paramLabel(label(setting))
          .description(description(setting, inherited.contains(setting.name()) ? from : value(setting, defaults)))
          .converters(text -> parse(setting, text));
      if (setting.type() == boolean.class) {
        option.arity("0..1").fallbackValue("true");
      }
      command.addOption(option.build());
    }
  }

  private static String description(Setting setting, String byDefault) {
    String help = setting.help();
    return Character.toUpperCase(help.charAt(0)) + help.substring(1) + " (default: " + byDefault + ").";
  }

  private static String value(Setting setting, Record defaults) {
    Object value = setting.value(defaults);
    return value instanceof Double number ? BigDecimal.valueOf(number).stripTrailingZeros().toPlainString() : value.toString();
  }

  private static Object parse(Setting setting, String text) {
    try {
      return setting.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static String label(Setting setting) {
    return switch (setting.type().getSimpleName()) {
      case "int", "long" -> "N";
      case "double" -> "X";
      case "boolean" -> "true|false";
      case "String" -> "TEXT";
      default -> "TYPE";
    };
  }

  /// The settings that were given, by their names in Java.
  static Map<String, Object> given(CommandSpec command, Class<? extends Record> settings) {
    Map<String, Object> given = new LinkedHashMap<>();
    for (Setting setting : Setting.of(settings)) {
      Object value = command.findOption(setting.option()).getValue();
      if (value != null) {
        given.put(setting.name(), value);
      }
    }
    return given;
  }
}
