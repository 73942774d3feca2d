package org.teenygrad.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.teenygrad.models.nanogpt.Preset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A [Preset] by its name.
final class PresetName implements ITypeConverter<Preset> {
  @Override
  public Preset convert(String name) {
    return Arrays.stream(Preset.values())
        .filter(preset -> preset.toString().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new TypeConversionException(
            String.format(Locale.ROOT, "there is no preset '%s', but %s",
                name, Arrays.stream(Preset.values()).map(Preset::toString).collect(Collectors.joining(", ")))));
  }
}
