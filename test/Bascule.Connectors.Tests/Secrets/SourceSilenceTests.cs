using Bascule.Simulators.Secrets;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Secrets;

/// <summary>Whatever goes wrong at a source, neither the secret nor what Bascule logged in with is in what it says.</summary>
[Trait("Threat", "T93")]
public sealed class SourceSilenceTests : IDisposable
{
    private const string Secret = "s3cret-of-the-forge";
    private const string Role = "arn:aws:iam::123456789012:role/bascule";
    private readonly SourceStage _stage = new();
    private readonly SigningIdentity _identity = new(SourceStage.Issuer, "secrets:any");

    public void Dispose()
    {
        _identity.Dispose();
        _stage.Dispose();
    }

    [Fact]
    public async Task OfVault()
    {
        await using var vault = await VaultSimulator.StartAsync(_stage.Authority, _stage.Clock);
        var url = vault.Url.GetLeftPart(UriPartial.Authority);
        vault.Put("a", "b", Secret);
        vault.AddRole("r", SourceStage.Trust(_identity, url));

        await SearchAsync(
            $$"""{"secrets":{"vault":{"url":"{{url}}","ca":"ca.pem","login":{"jwt":{"role":"r"} } } } }""",
            ["vault:secret/a#b", "vault:secret/a#c", "vault:secret/z#b"],
            vault
        );
    }

    [Fact]
    public async Task OfAws()
    {
        await using var aws = await AwsSimulator.StartAsync(_stage.Authority, time: _stage.Clock);
        var url = aws.Url.GetLeftPart(UriPartial.Authority);
        aws.Put("a", $$"""{"b":"{{Secret}}"}""");
        aws.AddRole(Role, SourceStage.Trust(_identity, "sts.amazonaws.com"));

        await SearchAsync(
            $$"""{"secrets":{"aws":{"ca":"ca.pem","login":{"web_identity":{"role":"{{Role}}"} },"endpoints":{"secretsmanager":"{{url}}","sts":"{{url}}"} } } }""",
            [
                "aws-secretsmanager:eu-central-1/a#b",
                "aws-secretsmanager:eu-central-1/a#c",
                "aws-secretsmanager:eu-central-1/z",
            ],
            aws
        );
    }

    [Fact]
    public async Task OfAzure()
    {
        await using var azure = await AzureSimulator.StartAsync(_stage.Authority, _stage.Clock);
        var url = azure.Url.GetLeftPart(UriPartial.Authority);
        azure.Put("a", Secret);
        var client = azure.AddClient(SourceStage.Trust(_identity, "api://AzureADTokenExchange"));

        await SearchAsync(
            $$"""{"secrets":{"azure":{"ca":"ca.pem","authority":"{{url}}","vaults":{"kv1":"{{url}}"},"login":{"federation":{"tenant":"{{azure.Tenant}}","client":"{{client}}"} } } } }""",
            ["azure-keyvault:kv1/a", "azure-keyvault:kv1/z"],
            azure
        );
    }

    /// <summary>Reads what is there and what is not, with a good login and with an expired one, and when nobody answers.</summary>
    private async Task SearchAsync(string settings, string[] references, SimulatedService service)
    {
        List<string> said = [];
        using var sources = _stage.Open(settings, _identity);
        await ReadAsync();
        _stage.Clock.Shift = TimeSpan.FromHours(2);
        await ReadAsync();
        service.GoOffline();
        await ReadAsync();

        said.Count.ShouldBeGreaterThan(references.Length);
        string[] hidden = [Secret, .. _identity.Signed, .. _identity.Signed.Select(token => token.Split('.')[2])];
        foreach (var text in said.Concat(_stage.Details))
            hidden.ShouldAllBe(one => !text.Contains(one, StringComparison.Ordinal));

        async Task ReadAsync()
        {
            foreach (var reference in references)
                if ((await sources.ReadAsync(SourceStage.Setting(reference), default)).Problem is { } problem)
                    said.Add(problem.ToString());
        }
    }
}
