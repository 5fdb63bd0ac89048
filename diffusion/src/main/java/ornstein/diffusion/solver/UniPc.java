package ornstein.diffusion.solver;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;

/**
 * UniPC: a multistep predictor on the predicted clean data, corrected as soon as the network has
 * been asked at the predicted sample, which costs no evaluation and raises the order by one (Zhao
 * et al. 2023, "UniPC: A Unified Predictor-Corrector Framework", algorithm 1, data prediction).
 *
 * <p>The weights are those that integrate the polynomial through all differences exactly. There the
 * paper's B(h) cancels; it matters only where a program puts ½ in the place of a single weight.
 */
public final class UniPc extends ExponentialSolver {
  private final int order;

  private UniPc(int order, TimeGrid grid) {
    super(grid);
    this.order = order;
  }

  /**
   * The solver of an order, along the chain's timesteps.
   *
   * @param order the predictor's order, 1 to 3
   * @return the solver
   * @throws IllegalArgumentException if there is no such order
   */
  public static UniPc ofOrder(int order) {
    if (order < 1 || order > 3) {
      throw new IllegalArgumentException("UniPC has orders 1 to 3, got " + order);
    }
    return new UniPc(order, TimeGrid.visited());
  }

  /**
   * The same along other times.
   *
   * @param other the grid
   * @return the changed solver
   */
  public UniPc along(TimeGrid other) {
    return new UniPc(order, other);
  }

  @Override
  Rule begin(Run run) {
    return new Multistep(run);
  }

  /** What the network saw at a level of noise. */
  private record Seen(NoiseLevel at, Tensor start) {}

  private final class Multistep implements Rule {
    private final Run run;

    /** The newest last. */
    private final List<Seen> history = new ArrayList<>();

    private @Nullable Tensor last;
    private int lastOrder;

    Multistep(Run run) {
      this.run = run;
    }

    @Override
    public SolverChain.Moved step(Tensor x, NoiseLevel from, NoiseLevel to, int index) {
      Tensor start = run.predict(x, from).start();
      Tensor corrected = last == null ? x : move(last, from, lastOrder, start);
      history.add(new Seen(from, start));
      if (history.size() > order) {
        history.remove(0);
      }
      // Towards clean data λ is infinite: no polynomial in it can be used.
      lastOrder = to.t() == 0 ? 1 : history.size();
      last = corrected;
      return new SolverChain.Moved(move(corrected, to, lastOrder, null), start);
    }

    /**
     * From the newest level in the history to another: the predictor, or with what was seen there
     * the corrector.
     */
    private Tensor move(Tensor x, NoiseLevel to, int p, @Nullable Tensor seenThere) {
      Seen newest = history.getLast();
      Tensor moved = byStart(x, newest.at(), to, newest.start());
      double h = to.lambda() - newest.at().lambda();
      List<Double> nodes = new ArrayList<>();
      List<Tensor> differences = new ArrayList<>();
      for (int i = 1; i < p; i++) {
        Seen older = history.get(history.size() - 1 - i);
        nodes.add((older.at().lambda() - newest.at().lambda()) / h);
        differences.add(older.start().sub(newest.start()));
      }
      if (seenThere != null) {
        nodes.add(1.0);
        differences.add(seenThere.sub(newest.start()));
      }
      double[] weights = weights(nodes, h);
      for (int i = 0; i < weights.length; i++) {
        double factor = to.alpha() * weights[i] / nodes.get(i);
        moved = moved.add(differences.get(i).mul((float) factor));
      }
      return moved;
    }
  }

  /**
   * The weights a_m that make Σ a_m r_m^(k−1) = h φ_(k+1)(−h) k!, for k = 1 … the number of nodes:
   * the polynomial through the differences at the nodes r_m is then integrated exactly.
   */
  static double[] weights(List<Double> nodes, double h) {
    int n = nodes.size();
    double[][] matrix = new double[n][n + 1];
    double phi = -StrictMath.expm1(-h) / h; // φ₁(−h)
    double factorial = 1;
    for (int k = 1; k <= n; k++) {
      // φ_(k+1)(z) = (φ_k(z) − 1/k!)/z
      phi = (phi - 1 / factorial) / -h;
      factorial *= k + 1;
      for (int m = 0; m < n; m++) {
        matrix[k - 1][m] = Math.pow(nodes.get(m), k - 1);
      }
      matrix[k - 1][n] = h * phi * factorial / (k + 1);
    }
    return solve(matrix);
  }

  /** Gaussian elimination with pivoting; the last column is the right-hand side. */
  private static double[] solve(double[][] a) {
    int n = a.length;
    for (int c = 0; c < n; c++) {
      int pivot = c;
      for (int r = c + 1; r < n; r++) {
        if (Math.abs(a[r][c]) > Math.abs(a[pivot][c])) {
          pivot = r;
        }
      }
      double[] row = a[pivot];
      a[pivot] = a[c];
      a[c] = row;
      for (int r = 0; r < n; r++) {
        double factor = r == c ? 0 : a[r][c] / a[c][c];
        for (int k = c; k <= n; k++) {
          a[r][k] -= factor * a[c][k];
        }
      }
    }
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = a[i][n] / a[i][i];
    }
    return x;
  }

  @Override
  public String toString() {
    return "unipc-" + order;
  }
}
