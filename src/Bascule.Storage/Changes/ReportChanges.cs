using Bascule.Core;
using Bascule.Core.Reports;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class ReportChanges
{
    public static Problem? Save(WriteSession session, Report report)
    {
        session.Execute(
            """
            INSERT INTO report (forge_uid, repository_id, place, forge_id, digest, verdict)
            VALUES (@ForgeUid, @RepositoryId, @Place, @ForgeId, @Digest, @Verdict)
            ON CONFLICT (forge_uid, repository_id, place) DO UPDATE SET
              forge_id = excluded.forge_id, digest = excluded.digest, verdict = excluded.verdict
            """,
            new
            {
                report.Repository.ForgeUid,
                RepositoryId = report.Repository.Id,
                report.Place,
                report.ForgeId,
                report.Digest,
                report.Verdict,
            }
        );
        return null;
    }
}
