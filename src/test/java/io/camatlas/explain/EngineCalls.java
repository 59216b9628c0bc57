package io.camatlas.explain;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.field.FieldDescription;
import net.bytebuddy.description.field.FieldList;
import net.bytebuddy.description.method.MethodList;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;

/**
 * Counts the calls of DJL into PyTorch's native library, by the names of its native methods. Each
 * call is counted where it is made, as native methods have no code of their own.
 */
public final class EngineCalls {
  private static final String NATIVE = "ai/djl/pytorch/jni/PyTorchLibrary";
  private static final Map<String, LongAdder> CALLS = new ConcurrentHashMap<>();

  /** What asks about arrays or frees them, and gives the device nothing to do. */
  private static final Pattern ABOUT =
      Pattern.compile(
          "torch(Delete\\w+|Sizes|DType|Device|Layout|IsContiguous|DirectByteBuffer|SetGradMode)|iValue\\w+");

  private static boolean watched;

  private EngineCalls() {}

  /** Called by DJL's classes. */
  public static void called(String method) {
    CALLS.computeIfAbsent(method, fresh -> new LongAdder()).increment();
  }

  /** Begins to count; earlier counts are forgotten. */
  static synchronized void watch() {
    if (!watched) {
      ByteBuddyAgent.install();
      new AgentBuilder.Default()
          .disableClassFormatChanges()
          .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
          .type(ElementMatchers.nameStartsWith("ai.djl.pytorch."))
          .transform((builder, type, loader, module, domain) -> builder.visit(new Counting()))
          .installOnByteBuddyAgent();
      watched = true;
    }
    CALLS.clear();
  }

  /** Calls since {@link #watch} that compute or copy something. */
  static long counted() {
    return CALLS.entrySet().stream()
        .filter(calls -> !ABOUT.matcher(calls.getKey()).matches())
        .mapToLong(calls -> calls.getValue().sum())
        .sum();
  }

  private static final class Counting extends AsmVisitorWrapper.AbstractBase {
    @Override
    public int mergeWriter(int flags) {
      return flags | ClassWriter.COMPUTE_MAXS;
    }

    @Override
    public ClassVisitor wrap(
        TypeDescription type,
        ClassVisitor visitor,
        Implementation.Context context,
        TypePool pool,
        FieldList<FieldDescription.InDefinedShape> fields,
        MethodList<?> methods,
        int writerFlags,
        int readerFlags) {
      return new ClassVisitor(Opcodes.ASM9, visitor) {
        @Override
        public MethodVisitor visitMethod(
            int access, String name, String descriptor, String signature, String[] exceptions) {
          return new MethodVisitor(
              Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
            @Override
            public void visitMethodInsn(
                int opcode, String owner, String method, String of, boolean isInterface) {
              if (owner.equals(NATIVE) && opcode == Opcodes.INVOKEVIRTUAL) {
                visitLdcInsn(method);
                super.visitMethodInsn(
                    Opcodes.INVOKESTATIC,
                    EngineCalls.class.getName().replace('.', '/'),
                    "called",
                    "(Ljava/lang/String;)V",
                    false);
              }
              super.visitMethodInsn(opcode, owner, method, of, isInterface);
            }
          };
        }
      };
    }
  }
}
