using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core.Settings;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement;

/// <summary>What a connection may say.</summary>
public sealed class ApimSettingsTests
{
    private const string Id = "11111111-2222-3333-4444-555555555555";
    private const string Other = "11111111-2222-3333-4444-555555555556";
    private const string Place = $"\"subscription\":\"{Id}\",\"resource_group\":\"rg\",\"service\":\"apim\"";

    private static readonly ConnectionHost Host = new(
        TimeProvider.System,
        "/etc/bascule",
        new Uri("https://bascule.example")
    );

    [Fact]
    public void ReadsAnApplicationThatTrustsBasculesTokens()
    {
        var (options, problems) = Read(
            $$"""{ {{Place}},"login":{"federation":{"tenant":"{{Id}}","client":"{{Id}}","planner":"{{Other}}"} } }"""
        );

        problems.ShouldBeEmpty();
        options!.ServiceId.ShouldBe(
            $"/subscriptions/{Id}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim"
        );
        options.Azure.Account.ShouldBe(
            new ArmAccount.Federation(Id, Id, "api://AzureADTokenExchange") { Planner = Other }
        );
        (options.Azure.Url.Host, options.Azure.Scope, options.Azure.Authority.Host).ShouldBe(
            ("management.azure.com", "https://management.azure.com/.default", "login.microsoftonline.com")
        );
    }

    [Theory]
    [InlineData("", "login.federation.planner: is missing")]
    [InlineData($",\"planner\":\"{Id}\"", "is the application that writes")]
    [InlineData(",\"planner\":\"reader\"", "login.federation.planner: is no id")]
    [Trait("Threat", "T142")]
    public void WhoeverPlansIsAnotherOneThanWhoeverWrites(string planner, string what)
    {
        var (options, problems) = Read(
            $$"""{ {{Place}},"login":{"federation":{"tenant":"{{Id}}","client":"{{Id}}"{{planner}}} } }"""
        );

        options.ShouldBeNull();
        problems.ShouldHaveSingleItem().ToString().ShouldContain(what);
    }

    [Theory]
    [InlineData("system", null)]
    [InlineData(Id, Id)]
    public void ReadsTheIdentityOfTheMachine(string text, string? client)
    {
        var (options, problems) = Read($$"""{ {{Place}},"login":{"managed_identity":"{{text}}"} }""");

        problems.ShouldBeEmpty();
        options!.Azure.Account.ShouldBe(new ArmAccount.Managed(client));
    }

    /// <summary>A sovereign cloud has addresses of its own for all three.</summary>
    [Fact]
    public void ReadsAnotherCloud()
    {
        var (options, _) = Read(
            $$"""{ {{Place}},"url":"https://arm.example","audience":"https://arm.example","authority":"https://login.example","login":{"managed_identity":"system"} }"""
        );

        (options!.Azure.Url.Host, options.Azure.Scope, options.Azure.Authority.Host).ShouldBe(
            ("arm.example", "https://arm.example/.default", "login.example")
        );
    }

    [Theory]
    [InlineData("{}", "login resource_group service subscription")]
    [InlineData(
        """{"subscription":"mine","resource_group":"a/b","service":"1apim","url":"http://arm.example","login":{} }""",
        "login resource_group service subscription url"
    )]
    [InlineData($"{{ {Place},\"login\":{{\"managed_identity\":\"me\"}} }}", "login.managed_identity")]
    [InlineData(
        $"{{ {Place},\"login\":{{\"managed_identity\":\"system\",\"federation\":{{\"tenant\":\"{Id}\",\"client\":\"{Id}\"}}}} }}",
        "login"
    )]
    [InlineData(
        $"{{ {Place},\"login\":{{\"federation\":{{\"tenant\":\"contoso\",\"secret\":\"canary\"}}}} }}",
        "login.federation.client login.federation.secret login.federation.tenant"
    )]
    public void SaysAllThatIsWrongAtOnce(string json, string keys)
    {
        var (options, problems) = Read(json);

        options.ShouldBeNull();
        problems.Select(problem => problem.Key.TrimEnd('.')).Distinct().Order().ShouldBe(keys.Split(' '));
        problems.ShouldAllBe(problem => !problem.Message.Contains("canary", StringComparison.Ordinal));
    }

    private static (ApimOptions? Options, List<SettingProblem> Problems) Read(string json)
    {
        var (reader, problems) = SettingTree.Read(json);
        return (ApimOptions.Read("gateway", reader, Host), problems);
    }
}
