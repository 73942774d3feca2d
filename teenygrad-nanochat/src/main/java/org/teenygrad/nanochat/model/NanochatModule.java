package org.teenygrad.nanochat.model;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.nn.Module;

/// A module whose parts have nanochat's names, `c_q` for `cQ`: its checkpoints and ours can be told apart by nothing.
interface NanochatModule extends Module {
  @Override
  default Map<String, Object> parts() {
    Map<String, Object> parts = new LinkedHashMap<>();
    Module.super.parts().forEach((name, part) -> parts.put(name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT), part));
    return parts;
  }
}
