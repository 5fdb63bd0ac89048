package ornstein.bench;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The ladder of micro-kernels: which tile, which form of the rows and which start of the
 * accumulators C2 turns into the fastest loop. 64 rows of A in L1 or L2 pass one panel of B; each
 * rung runs in a JVM of its own.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@NullUnmarked // JMH fills the fields
public class MicroKernelLadder {
  private static final int ROWS = 64;

  /** What was tried. */
  public enum Rung {
    /** 4 rows × 2 vectors, rows at a constant distance, from zero: {@code MicroKernel4x2}. */
    CHUNK_4X2(4, 2, true, false),
    /** The same with accumulators loaded from C. */
    CHUNK_LOADED_4X2(4, 2, true, false),
    /** 4×2, the rows packed side by side, from zero. */
    PACKED_4X2(4, 2, false, true),
    /** 4×2, packed, accumulators loaded from C. */
    PACKED_LOADED_4X2(4, 2, false, true),
    /** 4×2, rows in place, from zero. */
    STRIDED_4X2(4, 2, false, false),
    /** 3×3, rows in place, from zero. */
    STRIDED_3X3(3, 3, false, false),
    /** 4×3, rows in place, from zero. */
    STRIDED_4X3(4, 3, false, false),
    /** 5×2, rows in place, from zero. */
    STRIDED_5X2(5, 2, false, false),
    /** 6×2, rows in place, from zero: the textbook's. */
    STRIDED_6X2(6, 2, false, false),
    /** 8×1, rows at a constant distance, from zero: {@code MicroKernel8x1}. */
    CHUNK_8X1(8, 1, true, false),
    /** 4×4, rows at a constant distance, from zero: sixteen accumulators. */
    CHUNK_4X4(4, 4, true, false);

    private final int rows;
    private final int vectors;
    private final boolean chunked;
    private final boolean packed;

    Rung(int rows, int vectors, boolean chunked, boolean packed) {
      this.rows = rows;
      this.vectors = vectors;
      this.chunked = chunked;
      this.packed = packed;
    }
  }

  /** The variant. */
  @Param Rung rung;

  /** Depth of the sums. */
  @Param({"16", "64", "256"})
  int depth;

  private float[] a;
  private float[] b;
  private float[] c;
  private int tiles;
  private int step;

  /** Creates the state. */
  public MicroKernelLadder() {}

  /** Fills the operands. */
  @Setup(Level.Trial)
  public void setUp() {
    int width = rung.vectors * MicroKernelRungs.S.length();
    tiles = ROWS / rung.rows;
    step = rung.chunked ? MicroKernelRungs.STEP : depth;
    a = Operands.uniform(ROWS * Math.max(depth, MicroKernelRungs.STEP));
    b = Operands.uniform(depth * width);
    c = new float[ROWS * width];
    Work.flops(2L * tiles * rung.rows * width * depth, 1);
  }

  /**
   * All tiles of the rows.
   *
   * @return the result
   */
  @Benchmark
  public float[] panel() {
    int width = rung.vectors * MicroKernelRungs.S.length();
    int most = rung.chunked ? MicroKernelRungs.STEP : depth;
    for (int k = 0; k < depth; k += most) {
      int d = Math.min(most, depth - k);
      int block = rung.chunked ? k * ROWS : 0;
      for (int t = 0; t < tiles; t++) {
        int row = t * rung.rows;
        int at = block + row * (rung.packed ? depth : step);
        tile(at, d, k * width, row * width, width, k > 0);
      }
    }
    return c;
  }

  private void tile(int ao, int d, int bo, int co, int cs, boolean add) {
    switch (rung) {
      case CHUNK_4X2 -> MicroKernelRungs.chunk4x2(a, ao, step, d, b, bo, c, co, cs, add);
      case CHUNK_LOADED_4X2 ->
          MicroKernelRungs.chunkLoaded4x2(a, ao, step, d, b, bo, c, co, cs, add);
      case PACKED_4X2 -> MicroKernelRungs.packed4x2(a, ao, step, d, b, bo, c, co, cs, add);
      case PACKED_LOADED_4X2 ->
          MicroKernelRungs.packedLoaded4x2(a, ao, step, d, b, bo, c, co, cs, add);
      case STRIDED_4X2 -> MicroKernelRungs.strided4x2(a, ao, step, d, b, bo, c, co, cs, add);
      case STRIDED_3X3 -> MicroKernelRungs.strided3x3(a, ao, step, d, b, bo, c, co, cs, add);
      case STRIDED_4X3 -> MicroKernelRungs.strided4x3(a, ao, step, d, b, bo, c, co, cs, add);
      case STRIDED_5X2 -> MicroKernelRungs.strided5x2(a, ao, step, d, b, bo, c, co, cs, add);
      case STRIDED_6X2 -> MicroKernelRungs.strided6x2(a, ao, step, d, b, bo, c, co, cs, add);
      case CHUNK_8X1 -> MicroKernelRungs.chunk8x1(a, ao, step, d, b, bo, c, co, cs, add);
      case CHUNK_4X4 -> MicroKernelRungs.chunk4x4(a, ao, step, d, b, bo, c, co, cs, add);
    }
  }
}
