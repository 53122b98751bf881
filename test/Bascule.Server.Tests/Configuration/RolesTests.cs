using Bascule.Core.People;

namespace Bascule.Server.Tests.Configuration;

public sealed class RolesTests : IDisposable
{
    private const string Known =
        """  - { role: approver, to: ["group:ml-leads", "person:https://id.example.com#ada"], environments: [ml-both], repositories: ["git:ml/*"] }""";

    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AreReadInTheirOrderAndWithTheirPlaces()
    {
        var roles = _folder.Load(SettingsFolder.Full).Settings!.Roles;

        roles.Select(rule => (rule.Key, rule.Role)).ShouldBe([("roles[0]", Role.Viewer), ("roles[1]", Role.Approver)]);
        (roles[0].Environments, roles[0].Repositories).ShouldBe((null, null));
        roles[1].Environments.ShouldBe(["ml-both"]);
        roles[1].Repositories!.Select(pattern => pattern.ToString()).ShouldBe(["git:ml/*"]);
    }

    [Fact]
    public void APatternMeansTheEnvironmentsOfTheSettings() =>
        _folder
            .Load(SettingsFolder.With("environments: [ml-both]", "environments: [\"ml-*\"]"))
            .Settings!.Roles[1]
            .Environments.ShouldBe(["ml-both", "ml-dev", "ml-live", "ml-prod"], ignoreOrder: true);

    [Theory]
    [InlineData("an unknown role", "role: approver", "role: boss", "roles[1].role: 'boss' is no role")]
    [InlineData("a role in capitals", "role: approver", "role: Approver", "'Approver' is no role")]
    [InlineData(
        "nobody",
        "to: [\"group:ml-leads\", \"person:https://id.example.com#ada\"]",
        "to: []",
        "roles[1].to: holds nothing"
    )]
    [InlineData("an e-mail address", "\"group:ml-leads\"", "\"ada@example.com\"", "names nobody")]
    [InlineData("a group without a name", "\"group:ml-leads\"", "\"group:\"", "names nobody")]
    [InlineData(
        "no environment",
        "environments: [ml-both]",
        "environments: []",
        "roles[1].environments: holds nothing"
    )]
    [InlineData(
        "an unknown environment",
        "environments: [ml-both]",
        "environments: [ml-none]",
        "which no environment matches"
    )]
    [InlineData(
        "an unknown forge",
        "repositories: [\"git:ml/*\"] }\nintake",
        "repositories: [\"hub:ml/*\"] }\nintake",
        "names forge 'hub'"
    )]
    [InlineData("a misspelt key", "environments: [ml-both]", "enviroments: [ml-both]", "is not a known key")]
    [Trait("Threat", "T55")]
    [Trait("Threat", "T151")]
    public void Refuse(string what, string piece, string instead, string message)
    {
        SettingsFolder.Full.ShouldContain(Known.Trim());

        _folder
            .Problems(SettingsFolder.With(piece, instead))
            .ShouldContain(problem => problem.Contains(message, StringComparison.Ordinal), what);
    }

    [Theory]
    [InlineData("roles: {}")]
    [InlineData("roles: viewer")]
    [InlineData("roles: [viewer]")]
    public void AreAList(string roles)
    {
        var from = SettingsFolder.Full.IndexOf("roles:", StringComparison.Ordinal);
        var to = SettingsFolder.Full.IndexOf("intake:", StringComparison.Ordinal);

        _folder.Problems($"{SettingsFolder.Full[..from]}{roles}\n{SettingsFolder.Full[to..]}").ShouldNotBeEmpty();
    }
}
