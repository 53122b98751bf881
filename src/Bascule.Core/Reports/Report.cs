using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Core.Reports;

/// <summary>What Bascule last wrote in one place on a forge, so that it edits instead of adding.</summary>
/// <param name="Place">E.g. <c>comment:pull:7</c>, <c>status:&lt;commit&gt;:&lt;context&gt;</c>, <c>issue:&lt;branch&gt;:&lt;workflow&gt;</c>.</param>
/// <param name="ForgeId">The forge's id of the comment or issue; null for a status.</param>
/// <param name="Digest">SHA-256 of what was written: nothing is written twice.</param>
/// <param name="Verdict">red, green or waiting: a new comment is due only when it turns.</param>
public sealed record Report(RepositoryKey Repository, string Place, long? ForgeId, string Digest, string Verdict);

public sealed record SaveReport(Report Report) : Change;

public interface IReportStore
{
    Task<Report?> FindAsync(RepositoryKey repository, string place, CancellationToken cancellationToken);
}
