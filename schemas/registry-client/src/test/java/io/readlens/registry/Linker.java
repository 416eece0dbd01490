package io.readlens.registry;

import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;

/** Resolves what class files refer to, as the JVM would, without running any of it. */
final class Linker {
  private final ClassLoader loader;

  Linker(ClassLoader loader) {
    this.loader = loader;
  }

  /** Whether a class exists, given by internal name or array descriptor. */
  boolean finds(String name) {
    return load(name) != null;
  }

  /** Whether a member exists in its owner or in anything that the owner inherits from. */
  boolean finds(ConstantPool.Member member) {
    Class<?> owner = load(member.owner());
    if (owner == null) {
      return false;
    }
    return inherits(owner, member) || inherits(Object.class, member);
  }

  private Class<?> load(String name) {
    try {
      return Class.forName(name.replace('/', '.'), false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  private static boolean inherits(Class<?> type, ConstantPool.Member member) {
    return declares(type, member)
        || (!member.name().equals("<init>")
            && Stream.concat(
                    Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
                .anyMatch(parent -> inherits(parent, member)));
  }

  private static boolean declares(Class<?> type, ConstantPool.Member member) {
    try {
      if (!member.isMethod()) {
        return Arrays.stream(type.getDeclaredFields()).anyMatch(field -> is(field, member));
      }
      return member.name().equals("<init>")
          ? Arrays.stream(type.getDeclaredConstructors()).anyMatch(made -> is(made, member))
          : Arrays.stream(type.getDeclaredMethods()).anyMatch(method -> is(method, member));
    } catch (LinkageError e) {
      return false; // A signature of the type names a class that is not there.
    }
  }

  private static boolean is(Field field, ConstantPool.Member member) {
    return field.getName().equals(member.name())
        && field.getType().descriptorString().equals(member.descriptor());
  }

  private static boolean is(Method method, ConstantPool.Member member) {
    return method.getName().equals(member.name())
        && MethodType.methodType(method.getReturnType(), method.getParameterTypes())
            .toMethodDescriptorString()
            .equals(member.descriptor());
  }

  private static boolean is(Constructor<?> made, ConstantPool.Member member) {
    return MethodType.methodType(void.class, made.getParameterTypes())
        .toMethodDescriptorString()
        .equals(member.descriptor());
  }
}
