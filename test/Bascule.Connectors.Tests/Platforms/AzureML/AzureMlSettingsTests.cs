using Bascule.Connectors.Platforms.AzureML;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Settings;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>What a connection and an environment may say.</summary>
public sealed class AzureMlSettingsTests
{
    private const string Id = "11111111-2222-3333-4444-555555555555";
    private const string Place = $"\"subscription\":\"{Id}\",\"resource_group\":\"rg\",\"workspace\":\"ml-prod\"";
    private const string Login = $"\"login\":{{\"federation\":{{\"tenant\":\"{Id}\",\"client\":\"{Id}\"}}}}";

    private static readonly ConnectionHost Host = new(
        TimeProvider.System,
        "/etc/bascule",
        new Uri("https://bascule.example")
    );

    [Fact]
    public void ReadsAnApplicationThatTrustsBasculesTokens()
    {
        var (options, problems) = Read($$"""{ {{Place}},{{Login}} }""");

        problems.ShouldBeEmpty();
        options!.WorkspaceId.ShouldBe(
            $"/subscriptions/{Id}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ml-prod"
        );
        options.Azure.Account.ShouldBe(new ArmAccount.Federation(Id, Id, "api://AzureADTokenExchange"));
        (options.Studio.Host, options.Hosts.Count).ShouldBe(("ml.azure.com", 0));
    }

    [Theory]
    [InlineData("{}", "login resource_group subscription workspace")]
    [InlineData(
        """{"subscription":"mine","resource_group":"a/b","workspace":"x","hosts":["https://h"],"studio":"ftp://h","login":{} }""",
        "hosts login resource_group studio subscription workspace"
    )]
    [InlineData($"{{ {Place},\"login\":{{\"secret\":\"canary\"}} }}", "login.managed_identity login.secret")]
    public void SaysAllThatIsWrongAtOnce(string json, string keys)
    {
        var (options, problems) = Read(json);

        options.ShouldBeNull();
        problems.Select(problem => problem.Key.TrimEnd('.')).Distinct().Order().ShouldBe(keys.Split(' '));
        problems.ShouldAllBe(problem => !problem.Message.Contains("canary", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"compute":"cpu","computes":["gpu","serverless"],"identity":"managed"}""", "")]
    [InlineData("""{"compute":"cpu/1"}""", "compute")]
    [InlineData("""{"computes":["a b"],"identity":"mine"}""", "computes identity")]
    public void ReadsWhereAnEnvironmentLetsJobsRun(string json, string wrong)
    {
        var (reader, problems) = SettingTree.Read(json);

        var environment = AzureMlEnvironment.Read(reader);

        problems.Select(problem => problem.Key).ShouldBe(wrong.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        (environment is null).ShouldBe(wrong.Length > 0);
    }

    [Theory]
    [InlineData("cpu", null, "cpu")]
    [InlineData("cpu", "cpu", "cpu")]
    [InlineData("cpu", "gpu", "gpu")]
    [InlineData(null, null, null)]
    [InlineData(null, "serverless", null)]
    public void AJobRunsWhereItsEnvironmentLetsIt(string? own, string? asked, string? compute) =>
        AzureMlEnvironment.ComputeOf(Of(own), "ml-prod", asked).Value.ShouldBe(compute);

    [Theory]
    [InlineData("cpu", "other")]
    [InlineData("cpu", "serverless")]
    [InlineData(null, "cpu")]
    public void AndNowhereElse(string? own, string asked)
    {
        var refused = AzureMlEnvironment.ComputeOf(Of(own), "ml-prod", asked).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Denied);
        refused.Message.ShouldContain($"computes: [{asked}]");
    }

    private static AzureMlEnvironment Of(string? compute) => new() { Compute = compute, Computes = ["gpu"] };

    private static (AzureMlOptions? Options, List<SettingProblem> Problems) Read(string json)
    {
        var (reader, problems) = SettingTree.Read(json);
        return (AzureMlOptions.Read("aml", reader, Host), problems);
    }
}
