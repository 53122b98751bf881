using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Gate;

[Trait("Threat", "T127")]
public sealed class SecretRulesTests
{
    private const string Value = "named values/orders-url/namedValueInformation.json";
    private const string Logger = "loggers/insights/loggerInformation.json";

    private static readonly string Token = "ghp_" + new string('a', 36);

    [Theory]
    [InlineData("\"secret\": true, \"value\": \"hunter2\"", "Secret: is secret, and its value stands here in clear")]
    [InlineData(
        "\"secret\": \"True\", \"value\": \"hunter2\"",
        "Secret: is secret, and its value stands here in clear"
    )]
    [InlineData("\"secret\": true", "Secret: is secret and has no keyVault")]
    [InlineData("\"value\": \"@(context.Request.Headers)\"", "Expression: holds a C# expression")]
    [InlineData("\"value\": \"\\\" /><send-request\"", "Policy: holds '<'")]
    public async Task ANamedValueBringsNothingInThatAPolicyMayNotHold(string members, string says)
    {
        var found = await GateStage.CheckAsync(
            new ApimRules(),
            (Value, $"{{ \"properties\": {{ \"displayName\": \"orders-url\",\n{members} }} }}")
        );

        found.Single().ShouldContain(says);
        found.Single().ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("\"secret\": true, \"keyVault\": { \"secretIdentifier\": \"https://v.vault.azure.net/secrets/a\" }")]
    [InlineData("\"secret\": false, \"value\": \"https://orders.example.com\"")]
    public async Task ANamedValueOfAVaultOrOfNoSecretIsFine(string members) =>
        (
            await GateStage.CheckAsync(
                new ApimRules(),
                (Value, $"{{ \"properties\": {{ \"displayName\": \"orders-url\", {members} }} }}")
            )
        ).ShouldBeEmpty();

    [Fact]
    public async Task TheShapeOfATokenIsFoundInComments()
    {
        var found = await GateStage.FindAsync($"<!-- {Token} -->");

        found.Single().ShouldStartWith($"{GateStage.Policy}:4 Secret: holds what looks like a GitHub token");
        found.Single().ShouldNotContain(Token);
    }

    [Theory]
    [InlineData("<authentication-basic username=\"a\" password=\"hunter2\" />")]
    [InlineData("<set-header name=\"authorization\"><value>Bearer hunter2</value></set-header>")]
    [InlineData("<set-query-parameter name=\"code\"><value>hunter2</value></set-query-parameter>")]
    [InlineData("<validate-jwt><issuer-signing-keys><key>hunter2</key></issuer-signing-keys></validate-jwt>")]
    public async Task ASecretInClearIsFound(string piece)
    {
        var found = await GateStage.FindAsync(piece);

        found.Single().ShouldStartWith($"{GateStage.Policy}:4 Secret: has a secret in clear");
        found.Single().ShouldNotContain("hunter2");
        (
            await GateStage.FindAsync(piece.Replace("hunter2", "{{orders-key}}", StringComparison.Ordinal))
        ).ShouldBeEmpty();
        (await GateStage.FindAsync(piece, new ApimRules { Secrets = ApimStance.Warn }))
            .Single()
            .ShouldContain("warning");
    }

    [Theory]
    [InlineData("\"connectionString\": \"InstrumentationKey=hunter2\"", 1)]
    [InlineData("\"connectionString\": \"Endpoint={{insights}};Key=hunter2\"", 1)]
    [InlineData("\"name\": \"hub\", \"connectionString\": \"{{insights}}\"", 0)]
    public async Task CredentialsOfALoggerComeFromNamedValues(string members, int findings)
    {
        var found = await GateStage.CheckAsync(
            new ApimRules(),
            (Logger, $"{{ \"properties\": {{ \"credentials\": {{\n{members} }} }} }}")
        );

        found.Count.ShouldBe(findings);
        found.ShouldAllBe(one =>
            one.StartsWith($"{Logger}:2 Secret: has the credential 'connectionString'", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("<set-header name=\"X-Key\"><value>{{orders-key}}</value></set-header>", 0)]
    [InlineData(
        "<return-response><set-header name=\"X-Key\"><value>{{orders-key}}</value></set-header></return-response>",
        1
    )]
    [InlineData("<return-response><set-body>{{orders-url}}</set-body></return-response>", 0)]
    [InlineData(
        "</inbound><outbound><base /><set-header name=\"X-Key\"><value>{{orders-key}}</value></set-header></outbound><inbound>",
        1
    )]
    public async Task ASecretIsNotHandedToCallers(string piece, int findings)
    {
        var found = await GateStage.FindAsync(piece);

        found
            .Count(one => one.Contains("puts the secret named value 'orders-key' into", StringComparison.Ordinal))
            .ShouldBe(findings);
    }
}
