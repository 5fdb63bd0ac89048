package ornstein.engine.io;

import java.lang.reflect.Method;

/**
 * What the current thread has used up to now. By reflection, because module {@code ornstein.engine}
 * does not read the management modules, nor should it for its tests' sake.
 */
record ThreadUse(long bytes, long nanoseconds) {
  private static final Object BEAN = bean();
  private static final Method BYTES = method("getCurrentThreadAllocatedBytes");
  private static final Method TIME = method("getCurrentThreadCpuTime");

  private static Object bean() {
    try {
      return Class.forName("java.lang.management.ManagementFactory")
          .getMethod("getThreadMXBean")
          .invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Method method(String name) {
    try {
      return Class.forName("com.sun.management.ThreadMXBean").getMethod(name);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  static ThreadUse now() {
    try {
      return new ThreadUse((long) BYTES.invoke(BEAN), (long) TIME.invoke(BEAN));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  static ThreadUse since(ThreadUse start) {
    ThreadUse now = now();
    return new ThreadUse(now.bytes - start.bytes, now.nanoseconds - start.nanoseconds);
  }

  @Override
  public String toString() {
    return bytes + " bytes, " + nanoseconds / 1_000_000 + " ms";
  }
}
