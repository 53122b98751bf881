using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.People;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;
using Bascule.Testing.Runs;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Lineage;

/// <summary>A model with all of its story: pushed through Bascule, merged from a pull request, approved, trained.</summary>
internal static class SampleLineage
{
    public const string Model = "main.churn.classifier_with_a_name_that_is_rather_long";
    private const string Plan = """{"task":"train.py"}""";

    public static Run Fill(LocalServer server)
    {
        var run = ARun(minutes: 40) with
        {
            PlatformRunId = "884211903",
            PlatformPage = new Uri("https://adb-1.azuredatabricks.net/jobs/runs/884211903"),
            Content = new ContentId(new string('5', 64)),
            Plan = Plan,
            Delivery = "d-abc",
        };
        server.Runs.Add(run);
        server.Runs.SetModels(run.Id, new ModelVersion(Model, "7", null));
        var lineage = server.Lineage;
        lineage.Approvals.Add(AnApproval(run));
        lineage.Pushes.Add(
            new PushedRef(Churn, run.Ref, run.Commit, ActorType.Human, "p-ana", "gt-1", "push-1", run.CreatedAt)
        );
        lineage.PullRequests.Add(APullRequest(run));
        lineage.People.Add(new KnownPerson("p-ana", "Ana Ruiz", [(new ForgeAccountKey("forge1", 3), "ana")]));
        lineage.People.Add(new KnownPerson("p-ines", "Ines Weber", [(new ForgeAccountKey("forge2", 9), "iweber")]));
        return run;
    }

    /// <summary>A run that somebody started by hand, with a tag that names the commit.</summary>
    public static ObservedRun AnObserved(CommitId commit, string id = "0b1c2d3e") =>
        new("ml-prod", id)
        {
            Platform = "dbx",
            Repository = Churn,
            Commit = commit,
            Tag = "mlflow.source.git.commit",
            Name = "notebook by hand",
            By = "jo@example.com",
            State = "FINISHED",
            StartedAt = Noon.AddHours(2),
            NotedAt = Noon.AddHours(3),
            Models = [new ModelVersion("main.churn.experiment", "3", null)],
        };

    private static Approval AnApproval(Run run) =>
        new()
        {
            Uid = "a-207",
            Run = run.Id,
            Generation = 1,
            PersonUid = "p-ines",
            Thing = ApprovedThing.Of(run)!,
            At = run.CreatedAt.AddMinutes(1),
            Source = ApprovalSource.Bascule,
        };

    private static PullRequest APullRequest(Run run) =>
        new()
        {
            Repository = Churn,
            Number = 118,
            Title = "Tune depth",
            Base = run.Ref,
            HeadBranch = "tune",
            FromFork = false,
            State = PullRequestState.Merged,
            MergeCommit = run.Commit,
            UpdatedAt = Noon,
        };
}
