package org.millrace.jobs.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.room.JobContext;

/**
 * How the columns that a version reads are spread in a training slice: what drift is measured
 * against for a version that came without a profile of its own. Driver only; stateless.
 */
public final class ReferenceProfile {
  private ReferenceProfile() {}

  /** The profile of a slice that has all columns of a contract. */
  public static FeatureProfile of(Dataset<Row> slice, ModelContract contract) {
    return FeatureProfile.of(slice, columns(contract, true), columns(contract, false));
  }

  private static List<String> columns(ModelContract contract, boolean isNumeric) {
    return contract.inputs().stream()
        .filter(input -> (input.kind() == ModelContract.Kind.NUMERIC) == isNumeric)
        .flatMap(input -> input.columns().stream())
        .distinct()
        .toList();
  }

  /**
   * Keeps the profile of an adopted version beside its cached files, unless it has one, or the
   * slice lacks a column: whoever evaluates the version then reports that.
   *
   * @param version with its SHA-256
   */
  public static void keep(JobContext context, ModelVersion version, Dataset<Row> slice) {
    ModelCache cache = ModelCache.of(context.lake(), context.progress());
    if (ModelFiles.isCarriedBy(version, ModelFiles.PROFILE)
        || cache.kept(version, ModelFiles.PROFILE).isPresent()) {
      return;
    }

    ModelContract contract = ModelContracts.of(context).of(context.registry().get(), version);
    if (!Set.of(slice.columns()).containsAll(contract.columns())) {
      return;
    }

    try {
      cache.keep(
          version,
          ModelFiles.PROFILE,
          of(slice, contract).toJson().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot keep the profile of " + version + ": " + Causes.words(e),
          e);
    }
  }
}
