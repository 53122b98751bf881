using System.Text.Json;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>What a newcomer types first.</summary>
public sealed class DemoTests
{
    private static readonly string[] Keys =
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

    [Theory]
    [InlineData("gitea", null)]
    [InlineData("gogs", null)]
    [InlineData("gitea", "azureml")]
    [InlineData("gogs", "azureml")]
    public async Task PlaysTheMainJobAndEndsWithOneJsonObject(string forge, string? platform)
    {
        string[] asked = platform is null ? [] : ["--platform", platform];

        var demo = await BasculeCommand.RunAsync(Path.GetTempPath(), ["demo", "--once", "--forge", forge, .. asked]);

        demo.ExitCode.ShouldBe(0, demo.Errors);
        using var document = JsonDocument.Parse(demo.Output.TrimEnd().Split('\n')[^1]);
        var result = document.RootElement;
        result.EnumerateObject().Select(property => property.Name).ShouldBe(Keys);
        result.GetProperty("ok").GetBoolean().ShouldBeTrue(demo.Errors);
        result.GetProperty("forge").GetString().ShouldBe(forge);
        result.GetProperty("platform").GetString().ShouldBe(platform ?? "databricks");
        result.GetProperty("commit_status").GetString().ShouldBe("success");
        result.GetProperty("comment").GetString().ShouldNotBeNull().ShouldContain("auc");
        result.GetProperty("metrics").GetProperty("auc").GetDouble().ShouldBeInRange(0.5, 1);
        result.GetProperty("model_version").GetString().ShouldBe("2");
        result.GetProperty("platform_runs").GetInt32().ShouldBe(4);
        result.GetProperty("push_to_start_ms").GetDouble().ShouldBeGreaterThan(0);
        result.GetProperty("simulated").GetArrayLength().ShouldBe(2);
        result.GetProperty("seconds").GetDouble().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("gitea")]
    [InlineData("gogs")]
    public async Task PlaysItOnAirflowFromThePullRequestToTheRollback(string forge)
    {
        var demo = await BasculeCommand.RunAsync(
            Path.GetTempPath(),
            "demo",
            "--once",
            "--platform",
            "airflow",
            "--forge",
            forge
        );

        demo.ExitCode.ShouldBe(0, demo.Errors);
        using var document = JsonDocument.Parse(demo.Output.TrimEnd().Split('\n')[^1]);
        var result = document.RootElement;
        result
            .EnumerateObject()
            .Select(property => property.Name)
            .ShouldBe([.. Keys, "deployed_commit", "rolled_back_to"]);
        result.GetProperty("ok").GetBoolean().ShouldBeTrue(demo.Errors);
        result.GetProperty("platform").GetString().ShouldBe("airflow");
        result.GetProperty("commit_status").GetString().ShouldBe("success");
        result.GetProperty("comment").GetString().ShouldNotBeNull().ShouldContain("dags-prod");
        result.GetProperty("platform_runs").GetInt32().ShouldBe(3);
        result.GetProperty("push_to_start_ms").GetDouble().ShouldBeGreaterThan(0);
        var deployed = result.GetProperty("deployed_commit").GetString().ShouldNotBeNull();
        result.GetProperty("rolled_back_to").GetString().ShouldBe(deployed);
        demo.Errors.ShouldContain("dags/report.py:15: ");
        demo.Errors.ShouldContain("(bascule/revert-");
        demo.Errors.ShouldContain("The audit log verifies");
    }

    [Theory]
    [InlineData("gitea")]
    [InlineData("gogs")]
    public async Task PlaysItOnApiManagementFromThePullRequestToTheRollback(string forge)
    {
        var demo = await BasculeCommand.RunAsync(
            Path.GetTempPath(),
            "demo",
            "--once",
            "--platform",
            "apim",
            "--forge",
            forge
        );

        demo.ExitCode.ShouldBe(0, demo.Errors);
        using var document = JsonDocument.Parse(demo.Output.TrimEnd().Split('\n')[^1]);
        var result = document.RootElement;
        result
            .EnumerateObject()
            .Select(property => property.Name)
            .ShouldBe([.. Keys, "deployed_commit", "rolled_back_to"]);
        result.GetProperty("ok").GetBoolean().ShouldBeTrue(demo.Errors);
        result.GetProperty("platform").GetString().ShouldBe("apim");
        result.GetProperty("commit_status").GetString().ShouldBe("success");
        result.GetProperty("comment").GetString().ShouldNotBeNull().ShouldContain("apis-prod");
        result.GetProperty("platform_runs").GetInt32().ShouldBe(4);
        result.GetProperty("push_to_start_ms").GetDouble().ShouldBeGreaterThan(0);
        var deployed = result.GetProperty("deployed_commit").GetString().ShouldNotBeNull();
        result.GetProperty("rolled_back_to").GetString().ShouldBe(deployed);
        demo.Errors.ShouldContain("apis/pets/policy.xml:");
        demo.Errors.ShouldContain("~ apis/pets/policies/policy: value");
        demo.Errors.ShouldContain("(bascule/revert-");
        demo.Errors.ShouldContain("The audit log verifies");
    }

    [Fact]
    public async Task KnowsNoOtherPlatform()
    {
        var demo = await BasculeCommand.RunAsync(Path.GetTempPath(), "demo", "--once", "--platform", "cron");

        demo.ExitCode.ShouldBe(2);
        demo.Errors.ShouldContain("airflow");
    }

    [Fact]
    public async Task KnowsNoOtherForge()
    {
        var demo = await BasculeCommand.RunAsync(Path.GetTempPath(), "demo", "--once", "--forge", "svn");

        demo.ExitCode.ShouldBe(2);
        demo.Errors.ShouldContain("gitea");
    }
}
