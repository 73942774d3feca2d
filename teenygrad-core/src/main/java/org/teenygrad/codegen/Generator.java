package org.teenygrad.codegen;

import java.util.List;
import org.teenygrad.ir.Graph;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;
import org.teenygrad.ir.Param;
import org.teenygrad.runtime.Program;
import org.teenygrad.runtime.Target;

/// Writes a kernel as LLVM IR: the last step of the way down from a Tensor.
///
/// A kernel is the function `void name(ptr arguments, i64 begin, i64 end, ptr scratch)`. `arguments` holds one pointer for each
/// PARAM slot; `begin..end` is the caller's share of the kernel's work items, which are independent of each other and give the
/// same bits however they are shared out.
public final class Generator {
  private Generator() {}

  /// @param sink a SINK of STOREs whose loops are numbered from 0, outermost first
  /// @return the program, named after what it does and by its contents
  public static Program generate(OpNode sink, Target.Cpu target) {
    OpNode simple = Decompositions.expand(sink);
    Analysis analysis = new Analysis(simple);
    Ir ir = new Ir();
    Emitter emitter = new Emitter(analysis, ir, target.vectorBytes());
    LoopNest nest = Contraction.of(emitter, target).map(LoopNest.class::cast).orElseGet(() -> new Elements(emitter, target));
    nest.emit();
    String name = nest.kind() + "_" + Long.toHexString(Integer.toUnsignedLong(ir.text().hashCode())) + Long.toHexString(Integer.toUnsignedLong(sink.toString().hashCode() * 31 + ir.text().length()));
    return new Program(name, sink, module(name, simple, ir), nest.items(), nest.scratchBytes(), Work.of(analysis));
  }

  private static String module(String name, OpNode sink, Ir ir) {
    StringBuilder text = new StringBuilder();
    text.append("define void @").append(name).append("(ptr %arguments, i64 %begin, i64 %end, ptr %scratch) #0 {\nentry:\n");
    List<OpNode> params = Graph.topological(List.of(sink)).stream().filter(node -> node.is(OpCode.PARAM)).toList();
    params.stream().map(node -> node.payload(Param.class).slot()).sorted().distinct().forEach(slot -> text
        .append("  %address").append(slot).append(" = getelementptr ptr, ptr %arguments, i64 ").append(slot).append('\n')
        .append("  ").append(Memory.pointer(slot)).append(" = load ptr, ptr %address").append(slot).append(", align 8\n"));
    text.append(ir.text()).append("  ret void\n}\n\n");
    ir.declarations().forEach(declaration -> text.append(declaration).append('\n'));
    text.append("attributes #0 = { nounwind \"prefer-vector-width\"=\"512\" }\n");
    return text.toString();
  }
}
