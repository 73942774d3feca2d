package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.state.PickledValue.Dict;
import org.teenygrad.state.PickledValue.Global;
import org.teenygrad.state.PickledValue.None;
import org.teenygrad.state.PickledValue.Tuple;

/// Reads Python's pickles, protocols 0 to 5, as data.
///
/// A pickle is a program for a stack machine, whose GLOBAL and REDUCE call any Python function that they name. Here a
/// name that is not on the list of the [Reader] is refused, and what is on the list is data, too: nothing is ever
/// called. Time and memory are bounded by the pickle's length: see [PickleBudget].
///
/// Values are Long, BigInteger, Double, Boolean, String, byte[], and [PickledValue]s; lists are ArrayLists.
final class Pickle {
  private static final int MAX_INSTRUCTIONS = 4_000_000;
  private static final int MAX_TEXT_BYTES = 1 << 24;
  private static final int MAX_NUMBER_BYTES = 255;
  private static final Object MARK = new Object();

  /// What the names and the persistent ids of a pickle mean.
  interface Reader {
    boolean allows(Global global);

    /// @param budget for what is made of the arguments
    /// @throws IllegalArgumentException if the arguments make no sense
    Object reduce(Global global, List<Object> arguments, PickleBudget budget);

    /// @throws IllegalArgumentException if the id makes no sense
    Object persistent(Object id, PickleBudget budget);
  }

  private final ByteCursor cursor;
  private final Reader reader;
  private final PickleBudget budget;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();

  private Pickle(ByteCursor cursor, Reader reader) {
    this.cursor = cursor;
    this.reader = reader;
    this.budget = new PickleBudget(cursor);
  }

  static ByteCursor cursor(MemorySegment bytes) {
    return new ByteCursor(bytes, ByteOrder.LITTLE_ENDIAN);
  }

  /// Reads one pickle and leaves the cursor behind it.
  /// @throws IllegalArgumentException if it is damaged, or asks for something that is not data
  static Object read(ByteCursor cursor, Reader reader) {
    return new Pickle(cursor, reader).run();
  }

  private Object run() {
    for (int i = 0; i < MAX_INSTRUCTIONS; i++) {
      int code = cursor.u8();
      if (code == '.') {
        return pop();
      }
      step(code);
    }
    throw new IllegalArgumentException("its pickle has more than " + MAX_INSTRUCTIONS + " instructions");
  }

  private void step(int code) {
    switch (code) {
      case 0x80 -> cursor.u8(); // PROTO
      case 0x95 -> cursor.i64(); // FRAME
      case '(' -> stack.add(MARK);
      case '0' -> pop();
      case '1' -> marked();
      case '2' -> stack.add(top());
      case 'N' -> stack.add(None.NONE);
      case 0x88 -> stack.add(true);
      case 0x89 -> stack.add(false);
      case 'J' -> stack.add((long) cursor.i32());
      case 'K' -> stack.add((long) cursor.u8());
      case 'M' -> stack.add((long) cursor.u16());
      case 'I' -> stack.add(integer(line()));
      case 'L' -> stack.add(integer(line()));
      case 0x8A -> stack.add(integer(cursor.bytes(cursor.u8(), MAX_NUMBER_BYTES)));
      case 0x8B -> stack.add(integer(cursor.bytes(cursor.u32(), MAX_NUMBER_BYTES)));
      case 'F' -> stack.add(floating(line()));
      case 'G' -> stack.add(Double.longBitsToDouble(Long.reverseBytes(cursor.i64())));
      case 'V' -> stack.add(line());
      case 'X' -> stack.add(cursor.utf8(cursor.u32(), MAX_TEXT_BYTES));
      case 0x8C -> stack.add(cursor.utf8(cursor.u8(), MAX_TEXT_BYTES));
      case 0x8D -> stack.add(cursor.utf8(cursor.count("the length of a string"), MAX_TEXT_BYTES));
      case 'T' -> stack.add(latin1(cursor.u32()));
      case 'U' -> stack.add(latin1(cursor.u8()));
      case 'B' -> stack.add(cursor.bytes(cursor.u32(), MAX_TEXT_BYTES));
      case 'C' -> stack.add(cursor.bytes(cursor.u8(), MAX_TEXT_BYTES));
      case 0x8E -> stack.add(cursor.bytes(cursor.count("the length of a string"), MAX_TEXT_BYTES));
      case ']' -> stack.add(new ArrayList<>(0));
      case 'l' -> stack.add(marked());
      case 'a' -> append(List.of(pop()));
      case 'e' -> append(marked());
      case ')' -> stack.add(new Tuple(List.of()));
      case 't' -> stack.add(new Tuple(marked()));
      case 0x85 -> stack.add(new Tuple(last(1)));
      case 0x86 -> stack.add(new Tuple(last(2)));
      case 0x87 -> stack.add(new Tuple(last(3)));
      case '}' -> stack.add(new Dict());
      case 'd' -> put(marked(), new Dict(), true);
      case 's' -> put(last(2), top(), false);
      case 'u' -> put(marked(), top(), false);
      case 'p' -> memo.put(index(line()), top());
      case 'q' -> memo.put((long) cursor.u8(), top());
      case 'r' -> memo.put(cursor.u32(), top());
      case 0x94 -> memo.put((long) memo.size(), top());
      case 'g' -> stack.add(recall(index(line())));
      case 'h' -> stack.add(recall(cursor.u8()));
      case 'j' -> stack.add(recall(cursor.u32()));
      case 'c' -> stack.add(global(line(), line()));
      case 0x93 -> {
        List<Object> name = last(2);
        stack.add(global(string(name.get(0)), string(name.get(1))));
      }
      case 'R' -> reduce();
      case 'b' -> build();
      case 'Q' -> stack.add(reader.persistent(pop(), budget));
      default -> throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its pickle makes an object (instruction 0x%02x at byte %d), which is not data",
              code, cursor.position() - 1));
    }
  }

  private Object top() {
    if (stack.isEmpty() || stack.getLast() == MARK) {
      throw new IllegalArgumentException("its pickle takes more from its stack than there is");
    }
    return stack.getLast();
  }

  private Object pop() {
    Object top = top();
    stack.removeLast();
    return top;
  }

  private List<Object> last(int count) {
    List<Object> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(pop());
    }
    Collections.reverse(values);
    return values;
  }

  private ArrayList<Object> marked() {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw new IllegalArgumentException("its pickle takes more from its stack than there is");
    }
    List<Object> above = stack.subList(mark + 1, stack.size());
    ArrayList<Object> values = new ArrayList<>(above);
    stack.subList(mark, stack.size()).clear();
    return values;
  }

  private void append(List<Object> values) {
    if (!(top() instanceof ArrayList<?>)) {
      throw new IllegalArgumentException("its pickle appends to something that is not a list");
    }
    list(top()).addAll(values);
  }

  @SuppressWarnings("unchecked") // every ArrayList on the stack is one of objects
  private static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  private void put(List<Object> keysAndValues, Object target, boolean fresh) {
    if (!(target instanceof Dict dict) || keysAndValues.size() % 2 != 0) {
      throw new IllegalArgumentException("its pickle puts items into something that is not a dict");
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      dict.put(keysAndValues.get(i), keysAndValues.get(i + 1), budget);
    }
    if (fresh) {
      stack.add(dict);
    }
  }

  private Object recall(long index) {
    Object value = memo.get(index);
    if (value == null) {
      throw new IllegalArgumentException("its pickle recalls something that it has not kept");
    }
    return value;
  }

  private Global global(String module, String name) {
    Global global = new Global(module, name);
    if (!reader.allows(global)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "it asks for %s.%s, which is not data: only tensors, lists, tuples, dicts, numbers and strings are read",
              shortened(module), shortened(name)));
    }
    return global;
  }

  private void reduce() {
    Object arguments = pop();
    Object function = pop();
    if (!(function instanceof Global global) || !(arguments instanceof Tuple tuple)) {
      throw new IllegalArgumentException("its pickle calls something that is not a function");
    }
    stack.add(reader.reduce(global, tuple.values(), budget));
  }

  /// Attributes of dicts (`_metadata` of state dicts) are left out.
  private void build() {
    pop();
    if (!(top() instanceof Dict)) {
      throw new IllegalArgumentException("its pickle gives attributes to something that is not a dict");
    }
  }

  private static String string(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("its pickle has a name that is not a string");
  }

  private String latin1(long length) {
    return new String(cursor.bytes(length, MAX_TEXT_BYTES), StandardCharsets.ISO_8859_1);
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (int c = cursor.u8(); c != '\n'; c = cursor.u8()) {
      line.append((char) c);
      if (line.length() > MAX_NUMBER_BYTES) {
        throw new IllegalArgumentException("its pickle has a line of more than " + MAX_NUMBER_BYTES + " characters");
      }
    }
    return line.toString();
  }

  private static long index(String text) {
    if (integer(text) instanceof Long index) {
      return index;
    }
    throw new IllegalArgumentException("its pickle keeps something as " + shortened(text));
  }

  private static Object integer(String text) {
    if (text.equals("00") || text.equals("01")) {
      return text.equals("01");
    }
    try {
      return narrowed(new BigInteger(text.endsWith("L") ? text.substring(0, text.length() - 1) : text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("its pickle has the number '" + shortened(text) + "'", e);
    }
  }

  private static Object integer(byte[] littleEndian) {
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[bigEndian.length - 1 - i];
    }
    return bigEndian.length == 0 ? (Object) 0L : narrowed(new BigInteger(bigEndian));
  }

  private static Object narrowed(BigInteger number) {
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
  }

  private static double floating(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("its pickle has the number '" + shortened(text) + "'", e);
    }
  }

  private static String shortened(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }
}
