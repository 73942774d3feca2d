package org.teenygrad.engine.schedule;

/// Why a node gets memory, written by a kernel, rather than being computed where it is wanted.
enum Reason {
  RESULT("it is a result, or assigned"),
  WHOLE_ROWS("a scan, a sort or an exchange has a kernel to itself"),
  STORED("memory of its own was asked for"),
  SCATTERED("a scatter writes where data says"),
  REDUCTION_OF_MANY("a reduction that is wanted at several places is computed once"),
  REDUCTION_OF_SCORES("it reduces a sum of products that is computed wherever it is used"),
  OTHER_LOOPS("its reduction does not go with the loops of the kernel that wants it"),
  FACTOR_AS_IT_IS("a matrix unit takes this factor of a product from memory as it is"),
  FACTOR("a factor of a product: each element is read many times"),
  MANY_PLACES("it is wanted at so many places that a kernel would hold too much"),
  PRODUCT("what follows a product wants its result in another order than it is computed in"),
  PRODUCT_OF_MANY("the result of a product that is wanted at several places is computed once"),
  LAST_OF_FEW("kernels of many more elements go on from these few numbers, each of which is dear"),
  DEAR("computing it again at each place takes longer than reading it");

  /// For people.
  final String text;

  Reason(String text) {
    this.text = text;
  }
}
