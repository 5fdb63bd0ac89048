package ornstein.engine.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.kernel.Prepared;

/**
 * A computation that was recorded once and runs again and again without allocating. It reads the
 * tensors that the recorded code read, as they are at each run: to give it other inputs, write them
 * into those tensors' buffers. It gives the bits that the code itself gives.
 *
 * <pre>{@code
 * Program step = Program.record(() -> List.of(model.forward(x, t, null)));
 * step.run();
 * float[] y = step.outputs().get(0).toArray();
 * }</pre>
 *
 * <p>Code is recorded without its data: branches and loops are those of the recording, and reading
 * a value within it is refused. Shapes are fixed. Not safe for use by several threads at once; a
 * run while another is at work is refused.
 */
public final class Program {
  private final List<Call> calls;
  private final MemoryPlan plan;
  private final Prepared prepared;
  private final List<Tensor> outputs;
  private final UnaryOperator<Buffer> real;
  private final AtomicBoolean running = new AtomicBoolean();

  private Program(
      List<Call> calls,
      MemoryPlan plan,
      Prepared prepared,
      List<Tensor> outputs,
      UnaryOperator<Buffer> real) {
    this.calls = calls;
    this.plan = plan;
    this.prepared = prepared;
    this.outputs = outputs;
    this.real = real;
  }

  /**
   * Records code for the current back end, without running it.
   *
   * @param body the code; what it returns are the outputs
   * @return the program
   * @throws RecordingException if the code reads a value
   */
  public static Program record(Supplier<List<Tensor>> body) {
    Kernels kernels = KernelsProvider.current();
    Recorder recorder = new Recorder(kernels);
    List<Tensor> results = KernelsProvider.with(recorder, body);
    List<Call> calls = cleared(recorder.calls(), results);
    MemoryPlan plan = new MemoryPlan(calls, results.stream().map(Tensor::buffer).toList());
    List<Buffer> arenas = new ArrayList<>();
    for (int i = 0; i < plan.arenas(); i++) {
      arenas.add(kernels.allocate(plan.arena(i)));
    }
    UnaryOperator<Buffer> real =
        b ->
            b instanceof Symbol s
                ? kernels.view(arenas.get(plan.arenaOf(s)), plan.offset(s), s.size())
                : b;
    List<Consumer<Kernels>> verbs = new ArrayList<>();
    for (Call call : calls) {
      verbs.add(k -> call.issue().to(k, real));
    }
    List<Tensor> outputs = new ArrayList<>();
    for (Tensor t : results) {
      outputs.add(Tensor.over(t.shape(), real.apply(t.buffer())));
    }
    return new Program(calls, plan, kernels.prepare(verbs), List.copyOf(outputs), real);
  }

  /** Buffers are zero when they are allocated: clears those that are not overwritten first. */
  private static List<Call> cleared(List<Call> calls, List<Tensor> results) {
    Set<Symbol> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(filled(calls));
    List<Call> result = new ArrayList<>();
    for (Call call : calls) {
      for (List<Buffer> buffers : List.of(call.reads(), call.updates())) {
        for (Buffer b : buffers) {
          if (b instanceof Symbol s && known.add(s.root())) {
            result.add(clear(s.root()));
          }
        }
      }
      for (Buffer b : call.writes()) {
        if (b instanceof Symbol s) {
          known.add(s.root());
        }
      }
      result.add(call);
    }
    for (Tensor t : results) {
      if (t.buffer() instanceof Symbol s && known.add(s.root())) {
        result.add(clear(s.root()));
      }
    }
    return result;
  }

  /** Buffers that copies to different places fill as a whole before anything reads them. */
  private static Set<Symbol> filled(List<Call> calls) {
    IdentityHashMap<Symbol, Map<Integer, Integer>> parts = new IdentityHashMap<>();
    Set<Symbol> touched = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Call call : calls) {
      call.reads().forEach(b -> touch(touched, b));
      call.writes().forEach(b -> touch(touched, b));
      for (Buffer b : call.updates()) {
        if (call.part() == null) {
          touch(touched, b);
        } else if (b instanceof Symbol s && !touched.contains(s.root())) {
          parts
              .computeIfAbsent(s.root(), r -> new HashMap<>())
              .put(call.part().targetOffset(), call.part().size());
        }
      }
    }
    Set<Symbol> filled = Collections.newSetFromMap(new IdentityHashMap<>());
    parts.forEach(
        (symbol, sizes) -> {
          if (sizes.values().stream().mapToLong(Integer::longValue).sum() == symbol.size()) {
            filled.add(symbol);
          }
        });
    return filled;
  }

  private static void touch(Set<Symbol> touched, Buffer b) {
    if (b instanceof Symbol s) {
      touched.add(s.root());
    }
  }

  private static Call clear(Symbol s) {
    return new Call(
        "clear",
        Integer.toString(s.size()),
        List.of(),
        List.of(s),
        List.of(),
        0,
        null,
        (k, real) -> k.fill(0f, real.apply(s)));
  }

  /**
   * Runs the computation on the present data of the tensors that it reads.
   *
   * @throws IllegalStateException if it is running already, on another thread
   */
  public void run() {
    exclusively(prepared::run);
  }

  private void exclusively(Runnable work) {
    if (!running.compareAndSet(false, true)) {
      throw new IllegalStateException("the program is at work on another thread; record another");
    }
    try {
      work.run();
    } finally {
      running.set(false);
    }
  }

  /**
   * What the recorded code returned.
   *
   * @return the outputs; their data is that of the last run, and the next one overwrites it
   */
  public List<Tensor> outputs() {
    return outputs;
  }

  /**
   * Memory of the intermediates and outputs.
   *
   * @return bytes, without those of the back end's scratch
   */
  public long arenaBytes() {
    return 4 * plan.size();
  }

  /**
   * Memory that the back end keeps beside the arena: scratch and weights in other layouts.
   *
   * @return bytes
   */
  public long backEndBytes() {
    return prepared.bytes();
  }

  /**
   * Memory that no other program shares: the arena and the back end's scratch.
   *
   * @return bytes, freed when the program is dropped
   */
  public long ownBytes() {
    return arenaBytes() + prepared.scratchBytes();
  }

  /**
   * Floating-point operations of one run: those of products, convolutions and attention.
   *
   * @return the count, a fused multiply-add counted as two
   */
  public long flops() {
    return calls.stream().mapToLong(Call::flops).sum();
  }

  /**
   * A table for people: each kernel with its geometry, the bytes it touches and its floating-point
   * operations, then the sums and the memory.
   *
   * @return lines of text
   */
  public String describe() {
    return Description.of(this, calls, null);
  }

  /**
   * The same table with the time that each kernel takes.
   *
   * @param runs how often to run, at least 1; the first runs of a JVM are slow
   * @return lines of text, with the mean of the runs
   * @throws IllegalArgumentException if runs is below 1
   * @throws IllegalStateException if it is running already, on another thread
   */
  public String profile(int runs) {
    if (runs < 1) {
      throw new IllegalArgumentException("a profile needs at least 1 run, got " + runs);
    }
    long[] nanos = new long[calls.size()];
    exclusively(
        () -> {
          for (int i = 0; i < runs; i++) {
            prepared.run(nanos);
          }
        });
    return Description.of(this, calls, Arrays.stream(nanos).map(n -> n / runs).toArray());
  }

  /**
   * Runs the computation kernel by kernel until one gives a number that is not finite. Slow: it is
   * for finding out why a result is not finite.
   *
   * @param named tensors that the recorded code read, by the names to be reported, such as weights
   * @return the first such kernel, or empty if all numbers are finite
   * @throws IllegalStateException if it is running already, on another thread
   */
  public Optional<NonFinite> firstNonFinite(Map<String, Tensor> named) {
    IdentityHashMap<Buffer, String> names = new IdentityHashMap<>();
    named.forEach((name, tensor) -> names.put(tensor.buffer(), name));
    List<NonFinite> found = new ArrayList<>();
    exclusively(
        () -> {
          Kernels kernels = KernelsProvider.current();
          String layer = "";
          for (Call call : calls) {
            call.issue().to(kernels, real);
            for (Buffer b : call.reads()) {
              layer = names.getOrDefault(b, layer);
            }
            if (!finite(kernels, call.writes()) || !finite(kernels, call.updates())) {
              found.add(new NonFinite(layer, call.verb(), call.detail()));
              return;
            }
          }
        });
    return found.stream().findFirst();
  }

  private boolean finite(Kernels kernels, List<Buffer> buffers) {
    for (Buffer b : buffers) {
      float[] values = new float[b.size()];
      kernels.read(real.apply(b), 0, values, 0, values.length);
      for (float v : values) {
        if (!Float.isFinite(v)) {
          return false;
        }
      }
    }
    return true;
  }
}
