using System.Text.Json;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd;

/// <summary>
/// The whole loop on every platform and every forge: what <c>bascule demo</c> plays is a push, a pull request, its merge, a commit that goes wrong, and what the forge is told
/// of each. What is read back is the word of the simulated forge and platform, not Bascule's own.
/// </summary>
public sealed class LoopTests
{
    private static readonly string[] Fields =
    [
        "ok",
        "forge",
        "platform",
        "commit_status",
        "comment",
        "metrics",
        "model_version",
        "platform_runs",
        "push_to_start_ms",
        "simulated",
        "seconds",
    ];

    private static readonly string[] OfDeployments = [.. Fields, "deployed_commit", "rolled_back_to"];

    private static readonly Dictionary<string, Expected> Platforms = new()
    {
        ["databricks"] = new(4, "ml-dev") { Model = "2", Says = ["== The merge", "observe: failed: KeyError"] },
        ["azureml"] = new(4, "ml-dev")
        {
            Model = "2",
            Says = ["== The merge", "observe: failed: the job failed: KeyError"],
        },
        ["airflow"] = new(3, "dags-prod")
        {
            GoesBack = true,
            Says = ["dags/report.py:15: ", "(bascule/revert-", "The audit log verifies"],
        },
        ["apim"] = new(4, "apis-prod")
        {
            GoesBack = true,
            Says =
            [
                "apis/pets/policy.xml:",
                "~ apis/pets/policies/policy: value",
                "(bascule/revert-",
                "The audit log verifies",
            ],
        },
    };

    public static TheoryData<string, string> Loops()
    {
        var loops = new TheoryData<string, string>();
        foreach (var platform in Platforms.Keys)
        foreach (var forge in new[] { "gitea", "gogs" })
            loops.Add(platform, forge);
        return loops;
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public async Task FromThePushToWhatTheForgeSays(string platform, string forge)
    {
        var expected = Platforms[platform];
        string[] arguments = ["demo", "--once", "--platform", platform, "--forge", forge];

        var demo = await BasculeCommand.RunAsync(Path.GetTempPath(), arguments);

        demo.ExitCode.ShouldBe(0, demo.Errors);
        using var document = JsonDocument.Parse(demo.Output.TrimEnd().Split('\n')[^1]);
        var result = document.RootElement;
        result.EnumerateObject().Select(property => property.Name).ShouldBe(expected.GoesBack ? OfDeployments : Fields);
        result.GetProperty("ok").GetBoolean().ShouldBeTrue(demo.Errors);
        result.GetProperty("forge").GetString().ShouldBe(forge);
        result.GetProperty("platform").GetString().ShouldBe(platform);
        result.GetProperty("commit_status").GetString().ShouldBe("success");
        result.GetProperty("comment").GetString().ShouldNotBeNull().ShouldContain(expected.Environment);
        result.GetProperty("platform_runs").GetInt32().ShouldBe(expected.Runs);
        result.GetProperty("push_to_start_ms").GetDouble().ShouldBeGreaterThan(0);
        result.GetProperty("simulated").GetArrayLength().ShouldBeGreaterThanOrEqualTo(2);
        result.GetProperty("model_version").GetString().ShouldBe(expected.Model);
        foreach (var said in expected.Says)
            demo.Errors.ShouldContain(said);
        ShouldHaveLearnt(expected, result);
        ShouldHaveGoneBack(expected, result);
    }

    private static void ShouldHaveLearnt(Expected expected, JsonElement result)
    {
        if (expected.Model is null)
        {
            result.GetProperty("metrics").EnumerateObject().ShouldBeEmpty();
            return;
        }
        result.GetProperty("metrics").GetProperty("auc").GetDouble().ShouldBeInRange(0.5, 1);
        result.GetProperty("comment").GetString()!.ShouldContain("auc");
    }

    private static void ShouldHaveGoneBack(Expected expected, JsonElement result)
    {
        if (!expected.GoesBack)
            return;
        var deployed = result.GetProperty("deployed_commit").GetString().ShouldNotBeNull();
        result.GetProperty("rolled_back_to").GetString().ShouldBe(deployed);
    }

    /// <param name="Runs">As the platform counts what it was asked to do.</param>
    /// <param name="Environment">That the pull request's comment names.</param>
    private sealed record Expected(int Runs, string Environment)
    {
        /// <summary>Version that the merge registered; null where nothing is trained.</summary>
        public string? Model { get; init; }

        /// <summary>The story ends with a rollback.</summary>
        public bool GoesBack { get; init; }

        /// <summary>What is told on the way.</summary>
        public string[] Says { get; init; } = [];
    }
}
