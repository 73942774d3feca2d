package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target;

/// A [FusedAttention] of float32 on a processor, whose rows are lanes of vectors.
///
/// @param analysis of the graph that is written, whose nodes those of the attention are
/// @param softmax what is known of the rows, if they are reduced, too
/// @param mask what hides steps
/// @param open where the mask hides nothing: the score, or without a softmax the matrices
record AttentionLanes(
    Analysis analysis, FusedAttention attention, @Nullable Softmax softmax, @Nullable AttentionMask mask, List<OpNode> open) implements Plan {
  /// Rows of a work item: each number of a step's factors is multiplied by as many, and a step's matrix has 16 KiB.
  private static final int ROWS = 64;

  /// Steps whose scores are made at a time.
  static final int STEP = 64;

  /// The parts of a LOGSUMEXP.
  ///
  /// @param score what a row consists of
  /// @param largest the FOLD of the largest score
  /// @param sum that of the exponentials
  /// @param power the exponential of a score's distance from the largest one
  record Softmax(OpNode score, OpNode largest, OpNode sum, OpNode power) {}

  static Optional<AttentionLanes> of(OpNode sink, Target.Cpu cpu) {
    return FusedAttention.find(new Analysis(sink), true).filter(attention -> fits(attention, cpu)).map(attention -> written(sink, attention));
  }

  private static boolean fits(FusedAttention attention, Target.Cpu cpu) {
    boolean oneLoopEach = attention.rows().size() == 1 && attention.steps().size() == 1
        && attention.columns().size() == (attention.sums().isEmpty() ? 0 : 1)
        && attention.inner().stream().allMatch(inner -> Analysis.foldRanges(inner.fold()).size() == 1);
    return oneLoopEach && attention.total() == null && cpu.vectorBytes() / Float.BYTES <= ROWS
        && (attention.rowFold() == null || isSoftmax(attention, attention.rowFold()));
  }

  /// Whether scores are exponentiated that data hides none of. Texts that are continued have masks of data, and the bits of their rows must
  /// not depend on whether there are enough queries for this.
  private static boolean isSoftmax(FusedAttention attention, OpNode rowFold) {
    List<OpNode> folds = attention.inner().stream().map(FusedAttention.Inner::fold).toList();
    List<OpNode> matrices = attention.sums().stream().map(FusedAttention.Sum::matrix).toList();
    List<OpNode> score = Graph.topological(List.of(rowFold.input(0)), node -> !folds.contains(node));
    List<OpNode> weighing = Graph.topological(matrices, node -> node != attention.weight());
    return rowFold.payload() == OpCode.LOGSUMEXP
        && score.stream().noneMatch(node -> node.is(OpCode.LOAD)) && weighing.stream().noneMatch(folds::contains);
  }

  int rows() {
    return ROWS;
  }

  /// The plan with the graph in operations that a processor has. A row's weights are measured from the largest score so far, not from its
  /// LOGSUMEXP, which is known last: sums are divided afterwards.
  private static AttentionLanes written(OpNode sink, FusedAttention attention) {
    AttentionMask mask = AttentionMask.find(attention, ROWS);
    OpNode rowFold = attention.rowFold();
    List<OpNode> made = rowFold == null ? attention.sums().stream().map(FusedAttention.Sum::matrix).toList() : List.of(rowFold.input(0));
    List<OpNode> shown = mask == null ? List.of() : made.stream().map(mask::open).toList();
    List<OpNode> roots = new ArrayList<>(shown);
    roots.add(sink);
    Map<OpNode, OpNode> spelled = Graph.map(roots, Decompositions::spellLogSum);
    Spelled parts = rowFold == null ? null : Spelled.of(now(spelled, rowFold));
    OpNode weight = attention.weight() == null ? null : now(spelled, attention.weight());
    List<OpNode> more = new ArrayList<>(roots.stream().map(root -> now(spelled, root)).toList());
    if (parts != null) {
      more.add(parts.sum);
    }
    Map<OpNode, OpNode> measured = Graph.map(more, node -> parts != null && node == weight ? parts.power() : node);
    Map<OpNode, OpNode> expanded = Graph.map(more.stream().map(root -> now(measured, root)).toList(), Decompositions::rewrite);
    UnaryOperator<OpNode> last = node -> now(expanded, now(measured, node));
    UnaryOperator<OpNode> written = node -> last.apply(now(spelled, node));
    Analysis analysis = new Analysis(written.apply(sink));
    List<OpNode> open = shown.stream().map(written).toList();
    open.forEach(analysis::include);
    if (mask != null) {
      mask.shown().forEach(plane -> analysis.include(plane.comparison()));
    }
    Softmax softmax = null;
    if (parts != null) {
      OpNode score = parts.power().input(0).input(0);
      softmax = new Softmax(last.apply(score), last.apply(parts.largest()), last.apply(parts.sum), last.apply(parts.power()));
      analysis.include(softmax.sum);
    }
    return new AttentionLanes(analysis, attention.over(written), softmax, mask, open);
  }

  private static OpNode now(Map<OpNode, OpNode> changed, OpNode node) {
    return Objects.requireNonNull(changed.get(node));
  }

  /// What [Decompositions#spellLogSum] makes: `log(sum(exp(score - shift))) + shift`, the shift being the largest score or 0.
  private record Spelled(OpNode sum, OpNode shift) {
    static Spelled of(OpNode logSum) {
      return new Spelled(logSum.input(0).input(0), logSum.input(1));
    }

    OpNode power() {
      return sum.input(0);
    }

    OpNode largest() {
      return shift.input(2);
    }
  }
}
