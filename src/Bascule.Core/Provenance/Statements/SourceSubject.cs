using Bascule.Core.Provenance.InToto;
using Bascule.Core.Runs;

namespace Bascule.Core.Provenance.Statements;

/// <summary>Where a run's code comes from, as in-toto names it.</summary>
internal static class SourceSubject
{
    /// <summary><c>git+https://forge/owner/name@refs/heads/main</c>; null when the forge's address is not known any more.</summary>
    public static Uri? AddressOf(RunEvidence evidence) =>
        evidence.Forge is { } forge
            ? new Uri(
                $"git+{forge.AbsoluteUri.TrimEnd('/')}/{Escape(evidence.Run.RepositoryName)}@{Escape(evidence.Run.Ref.ToString())}"
            )
            : null;

    public static StatementSubject Commit(RunEvidence evidence) =>
        StatementSubject.Of("commit", "gitCommit", evidence.Run.Commit.ToString()) with
        {
            Address = AddressOf(evidence),
        };

    /// <summary>Tree, workflow and inputs in one digest of ours.</summary>
    public static StatementSubject? Content(Run run) =>
        run.Content is { } content ? StatementSubject.Of("content", "sha256", content.Hex) : null;

    /// <summary>The exported files themselves, by SHA-256 and not by Git's own hash: two trees that share a commit id differ here (THREATS T72).</summary>
    public static StatementSubject? Tree(Run run) =>
        run.TreeDigest is { } tree ? StatementSubject.Of("tree", "sha256", tree) : null;

    private static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
