using Bascule.Core.Forges;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>What Airflow should come to have after the deploy ref moved.</summary>
/// <param name="MovedAt">When it moved, by Airflow's own clock: what was parsed before is old.</param>
/// <param name="Dags">What must be there.</param>
/// <param name="Files">Whose import errors are to be told, by their paths below the folder that Airflow follows.</param>
internal sealed record AwaitedVersion(
    CommitId Commit,
    DateTimeOffset MovedAt,
    IReadOnlyList<AwaitedDag> Dags,
    IReadOnlySet<string> Files
);

/// <param name="Path">Of its file.</param>
/// <param name="SourceDigest">Of the file as it is in the commit: see <see cref="DagText"/>. Where Airflow knows no commits, that it read this text is all that it can show.</param>
internal sealed record AwaitedDag(string Id, string Path, string SourceDigest);

/// <param name="Unseen">DAGs that are not there yet, and what is there instead.</param>
/// <param name="Errors">Of the files asked for, since the ref moved.</param>
internal sealed record VersionLook(IReadOnlyList<UnseenDag> Unseen, IReadOnlyList<DagImportError> Errors)
{
    public bool IsSeen => Unseen.Count == 0;
}

/// <param name="Why">For people, e.g. <c>it is at commit 0123abcd</c>.</param>
internal sealed record UnseenDag(AwaitedDag Dag, string Why);

/// <param name="Path">Below the folder that Airflow follows.</param>
/// <param name="Trace">Whatever the file's code made of it; nothing here is checked.</param>
internal sealed record DagImportError(string Path, string Trace);
