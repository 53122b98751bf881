using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Provenance.Statements;
using Bascule.Core.Runs;
using Bascule.Testing.Runs;

namespace Bascule.Core.Tests.Provenance;

/// <summary>A run of which everything is known.</summary>
internal static class SampleEvidence
{
    public static readonly string Tree = new('7', 64);

    public static RunEvidence Full()
    {
        var run = RunBuilder.ARun() with
        {
            By = new ForgeAccount(3, "ana.secret"),
            CommitSubject = "Ana's words",
            Content = new ContentId(new string('c', 64)),
            TreeDigest = Tree,
            Plan = """{"commit":"9f","kind":"databricks","workspace":"https://adb-1.example.net"}""",
            PlanDigest = new string('d', 64),
            PlatformRunId = "8123",
            Delivery = "d-1",
            StartBegun = true,
        };
        return new RunEvidence
        {
            Run = run,
            By = [new RunParty("person:p-ana", "pushed through Bascule", IsProven: true) { Proof = "u-1" }],
            Approvals = [Approval(run)],
            Rule = "environments.ml-prod.branches",
            Models = [new ModelVersion("main.churn.classifier", "7", null)],
            Forge = new Uri("https://git.example.com"),
            EnvironmentUid = "e-1",
            Platform = new RunPlatform("databricks", "dbx", new Uri("https://adb-1.example.net")),
            Bascule = new Uri("https://bascule.example.com"),
            Epoch = 1,
            At = run.FinishedAt!.Value.AddSeconds(1),
        };
    }

    private static Approval Approval(Run run) =>
        new()
        {
            Uid = "a-1",
            Run = run.Id,
            Generation = 1,
            PersonUid = "p-bob",
            Thing = ApprovedThing.Of(run)!,
            At = run.CreatedAt,
            Source = ApprovalSource.Bascule,
            Comment = "Bob's words",
        };
}
