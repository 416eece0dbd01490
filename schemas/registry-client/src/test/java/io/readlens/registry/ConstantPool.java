package io.readlens.registry;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What a class file refers to, read from its constant pool (JVM specification, section 4.4): the
 * JVM can link nothing that is not named there.
 *
 * @param classes every class, by its internal name or, for arrays, its descriptor
 * @param members every field and method
 */
record ConstantPool(List<String> classes, List<Member> members) {
  /** A reference to a field or method: owner's internal name, own name, descriptor. */
  record Member(String owner, String name, String descriptor) {
    boolean isMethod() {
      return descriptor.startsWith("(");
    }

    @Override
    public String toString() {
      return owner + "." + name + descriptor;
    }
  }

  static ConstantPool read(InputStream classFile) throws IOException {
    DataInputStream in = new DataInputStream(classFile);
    if (in.readInt() != 0xCAFEBABE) {
      throw new IOException("not a class file");
    }
    in.readInt(); // versions
    int count = in.readUnsignedShort();
    int[] tags = new int[count];
    int[] first = new int[count];
    int[] second = new int[count];
    String[] texts = new String[count];
    for (int i = 1; i < count; i++) {
      tags[i] = in.readUnsignedByte();
      switch (tags[i]) {
        case 1 -> texts[i] = in.readUTF();
        case 3, 4 -> in.readInt();
        case 5, 6 -> {
          in.readLong();
          i++; // longs and doubles take two entries
        }
        case 7, 8, 16, 19, 20 -> first[i] = in.readUnsignedShort();
        case 9, 10, 11, 12, 17, 18 -> {
          first[i] = in.readUnsignedShort();
          second[i] = in.readUnsignedShort();
        }
        case 15 -> {
          in.readUnsignedByte();
          in.readUnsignedShort();
        }
        default -> throw new IOException("constant of unknown tag " + tags[i]);
      }
    }
    List<String> classes = new ArrayList<>();
    List<Member> members = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      if (tags[i] == 7) {
        classes.add(texts[first[i]]);
      } else if (tags[i] >= 9 && tags[i] <= 11) {
        int nameAndType = second[i];
        members.add(
            new Member(
                texts[first[first[i]]], texts[first[nameAndType]], texts[second[nameAndType]]));
      }
    }
    return new ConstantPool(classes, members);
  }
}
