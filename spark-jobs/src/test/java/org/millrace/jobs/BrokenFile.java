package org.millrace.jobs;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Files that no door can read. */
enum BrokenFile {
  PARQUET_THAT_IS_CUT("parquet") {
    @Override
    byte[] bytes(Path parquet) throws IOException {
      return half(Files.readAllBytes(parquet));
    }
  },
  PARQUET_WITHOUT_A_MIDDLE("parquet") {
    @Override
    byte[] bytes(Path parquet) throws IOException {
      byte[] bytes = Files.readAllBytes(parquet);
      int footer = ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN).getInt(bytes.length - 8);
      Arrays.fill(bytes, 4, bytes.length - 8 - footer, (byte) 0x7f);
      return bytes;
    }
  },
  PARQUET_WITH_A_GARBLED_FOOTER("parquet") {
    @Override
    byte[] bytes(Path parquet) throws IOException {
      byte[] bytes = Files.readAllBytes(parquet);
      int footer = ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN).getInt(bytes.length - 8);
      Arrays.fill(bytes, bytes.length - 8 - footer, bytes.length - 8, (byte) 0x7f);
      return bytes;
    }
  },
  PARQUET_WITH_A_FLIPPED_BIT("parquet") {
    @Override
    byte[] bytes(Path parquet) throws IOException {
      byte[] bytes = Files.readAllBytes(parquet);
      byte[] value = ByteBuffer.allocate(8).order(LITTLE_ENDIAN).putDouble(57.0).array();
      bytes[indexOf(bytes, value) + 6] ^= 1;
      return bytes;
    }
  },
  PARQUET_THAT_IS_TEXT("parquet") {
    @Override
    byte[] bytes(Path parquet) {
      return text("loan_id,customer\n1,7\n");
    }
  },
  PARQUET_WITHOUT_A_BYTE("parquet") {
    @Override
    byte[] bytes(Path parquet) {
      return new byte[0];
    }
  },
  ORC_THAT_IS_CUT("orc") {
    @Override
    byte[] bytes(Path parquet) {
      return text("ORC and then nothing of its kind");
    }
  },
  AVRO_THAT_IS_CUT("avro") {
    @Override
    byte[] bytes(Path parquet) {
      return text("Obj\u0001 and then nothing of its kind");
    }
  },
  CSV_WITHOUT_A_BYTE("csv") {
    @Override
    byte[] bytes(Path parquet) {
      return new byte[0];
    }
  },
  CSV_WITH_AN_OPEN_QUOTE("csv") {
    @Override
    byte[] bytes(Path parquet) {
      return text("loan_id,customer,applied_at,amount,repaid\n1,\"007,2024-03-01,1,1\n");
    }
  },
  CSV_THAT_IS_NO_GZIP("csv.gz") {
    @Override
    byte[] bytes(Path parquet) {
      return text("loan_id,customer,applied_at,amount,repaid\n");
    }
  },
  CSV_WHOSE_GZIP_IS_CUT("csv.gz") {
    @Override
    byte[] bytes(Path parquet) throws IOException {
      return half(gzip());
    }
  },
  CSV_WHOSE_GZIP_HAS_A_FLIPPED_BIT("csv.gz") {
    @Override
    byte[] bytes(Path parquet) throws IOException {
      byte[] bytes = gzip();
      bytes[bytes.length / 2] ^= 1;
      return bytes;
    }
  },
  JSON_THAT_IS_CUT("json") {
    @Override
    byte[] bytes(Path parquet) {
      return text("[{\"loan_id\": 1, \"customer\": \"7\"}, {\"loan_id\": ");
    }
  },
  JSON_WITHOUT_A_BYTE("json") {
    @Override
    byte[] bytes(Path parquet) {
      return new byte[0];
    }
  };

  private final String ending;

  BrokenFile(String ending) {
    this.ending = ending;
  }

  /** The bytes; some are made of those of a whole file of Parquet. */
  abstract byte[] bytes(Path parquet) throws IOException;

  /** Of the file's name. */
  String ending() {
    return ending;
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }

    throw new IllegalArgumentException("The file does not hold the value as it is");
  }

  private static byte[] gzip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text("loan_id,customer,applied_at,amount,repaid\n"));
      for (int i = 0; i < 20_000; i++) {
        out.write(text(i + "," + i * 7919L % 10007 + ",2024-03-01 09:00:00," + i + ",1\n"));
      }
    }

    return bytes.toByteArray();
  }

  private static byte[] half(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
