namespace Bascule.Core.Provenance.Statements;

/// <summary>The names that statements carry. They are names, not addresses: no verifier fetches them.</summary>
public static class ProvenanceNames
{
    /// <summary>What Bascule itself says of a run.</summary>
    public const string RunPredicate = "https://bascule.dev/provenance/run/v1";

    /// <summary>What a platform built in a run (https://slsa.dev/spec/v1.0/provenance).</summary>
    public const string SlsaPredicate = "https://slsa.dev/provenance/v1";

    /// <summary>Digest algorithm of a model version whose platform tells no digest: see <see cref="ModelSubject"/>.</summary>
    public const string ModelRecordDigest = "basculeModelRecord";

    private const string BuildTypes = "https://bascule.dev/provenance/build/";

    /// <summary>The template of <c>externalParameters</c>, one for each kind of platform: <c>docs/operations/provenance.md</c>.</summary>
    public static string BuildType(string platformKind) => $"{BuildTypes}{platformKind}/v1";
}
