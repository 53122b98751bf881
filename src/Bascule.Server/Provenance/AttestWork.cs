using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Provenance;

/// <summary>The row by which a run that ended gets its statements: the last step of ARCHITECTURE 2.4. In a lane of its own, so that a key that cannot be reached holds up nothing else.</summary>
internal static class AttestWork
{
    public const string Kind = "attest.run";

    /// <summary>Nothing for a run of which nothing was ever sent anywhere: the audit log says why it was not.</summary>
    public static IReadOnlyList<Change> For(Run run, DateTimeOffset now) =>
        run is { IsFinal: true, StartBegun: true }
            ? [new AddWork(new NewWork($"attest:{run.Id}", Kind, run.Id.Text, now, Once: true))]
            : [];
}
