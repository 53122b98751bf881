using Bascule.Connectors.Secrets;
using Bascule.Core;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;
using Bascule.Server.Sealing;
using Bascule.Simulators;
using Bascule.Simulators.Secrets;
using Bascule.Testing.Platforms;

namespace Bascule.Server.Tests.Sealing;

/// <summary>Where the master key may be: given with the start, or wrapped by a key elsewhere (simulated).</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class MasterKeysTests : IDisposable
{
    private const string Variable = "BASCULE_TEST_MASTER_KEY";
    private const string Hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-keys-").FullName;
    private readonly LoopbackAuthority _authority = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", null);
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(Hex)]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")]
    public async Task TakesTheSameKeyFromTheEnvironmentAsFromAFile(string text)
    {
        File.WriteAllBytes(FileOf("master.key"), Convert.FromHexString(Hex));
        File.SetUnixFileMode(FileOf("master.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Environment.SetEnvironmentVariable(Variable, text);

        using var given = (await OpenAsync(new MasterKeyGiven(new EnvironmentSecret(Variable)))).Value;
        using var file = (await OpenAsync(new MasterKeyFile(FileOf("master.key")))).Value;

        given.Open("a", file.Seal("a", "hello"u8)).ShouldBe("hello"u8.ToArray());
    }

    [Fact]
    public async Task TakesACredentialOfSystemd()
    {
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", _folder);
        File.WriteAllText(FileOf("bascule.master"), Hex);

        using var given = (await OpenAsync(new MasterKeyGiven(new SystemdSecret("bascule.master")))).Value;

        given.Mac("a", "b").Length.ShouldBe(64);
    }

    [Theory]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1exx")]
    [InlineData("c2hvcnQ=")]
    [Trait("Threat", "T114")]
    public async Task RefusesWhatIsNoKeyAndDoesNotRepeatIt(string text)
    {
        Environment.SetEnvironmentVariable(Variable, text);

        var problem = (await OpenAsync(new MasterKeyGiven(new EnvironmentSecret(Variable)))).Problem!;

        problem.Message.ShouldStartWith($"master_key: env:{Variable} is not 32 bytes as base64 or hexadecimal");
        problem.Message.ShouldNotContain(text);
    }

    [Fact]
    public async Task WrapsTheKeyThatThereIsByVaultAndUnwrapsItAtEachStart()
    {
        await using var vault = await VaultSimulator.StartAsync(_authority);
        vault.AddTransitKey("bascule");
        File.WriteAllText(FileOf("token"), vault.CreateToken());
        var options = Options(
            $$"""{"vault":{"url":"{{Origin(vault)}}","ca":"ca.pem","login":{"token_file":"token"} } }"""
        );

        await WrapsAndUnwrapsAsync(options, new WrappingKey("vault-transit", "transit", "bascule"));

        vault.GoOffline();
        var away = (await OpenAsync(Place(new WrappingKey("vault-transit", "transit", "bascule")), options)).Problem!;
        away.Code.ShouldBe(ProblemCode.Unavailable);
        away.Message.ShouldStartWith("master_key: secrets.vault: cannot unwrap by bascule");
    }

    [Fact]
    public async Task WrapsTheKeyThatThereIsByAzureAndUnwrapsItAtEachStart()
    {
        using var identity = new SigningIdentity("https://issuer.example", "machine");
        await using var azure = await AzureSimulator.StartAsync(_authority);
        azure.AddKey("bascule");
        var client = azure.AddClient(
            new TrustedIssuer("https://issuer.example", "api://AzureADTokenExchange", "machine", identity.JwksJson)
        );
        File.WriteAllText(
            FileOf("jwt"),
            (await identity.AssertAsync("api://AzureADTokenExchange", TimeSpan.FromMinutes(5), default)).Value.Reveal()
        );
        var url = Origin(azure);
        var options = Options(
            $$"""{"azure":{"ca":"ca.pem","authority":"{{url}}","vaults":{"corp":"{{url}}"},"login":{"federation":{"tenant":"{{azure.Tenant}}","client":"{{client}}","token_file":"jwt"} } } }"""
        );

        await WrapsAndUnwrapsAsync(options, new WrappingKey("azure-key", "corp", "bascule"));
    }

    private async Task WrapsAndUnwrapsAsync(SecretsOptions options, WrappingKey by)
    {
        using var plain = (await OpenAsync(new MasterKeyFile(FileOf("master.key")))).Value;
        var bytes = await File.ReadAllBytesAsync(FileOf("master.key"));

        using (var wrapped = (await OpenAsync(Place(by), options)).Value)
            wrapped.Mac("a", "b").ShouldBe(plain.Mac("a", "b"));
        File.Delete(FileOf("master.key"));
        using (var again = (await OpenAsync(Place(by), options)).Value)
            again.Mac("a", "b").ShouldBe(plain.Mac("a", "b"));

        var stored = await File.ReadAllTextAsync(FileOf("master.key.wrapped"));
        stored.ShouldStartWith($"{by} ");
        stored.ShouldNotContain(Convert.ToBase64String(bytes));
        File.GetUnixFileMode(FileOf("master.key.wrapped")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var other = (await OpenAsync(Place(by with { Name = "other" }), options)).Problem!;
        other.Code.ShouldBe(ProblemCode.Conflict);
        other.Message.ShouldContain($"was not wrapped by {by with { Name = "other" }}");
    }

    private MasterKeyWrapped Place(WrappingKey by) => new(FileOf("master.key.wrapped"), by, FileOf("master.key"));

    private static Task<Result<MasterKey>> OpenAsync(MasterKeyPlace place, SecretsOptions? options = null) =>
        MasterKeys.OpenAsync(place, options ?? SecretsOptions.None, TimeProvider.System, CancellationToken.None);

    private SecretsOptions Options(string json)
    {
        File.WriteAllText(FileOf("ca.pem"), _authority.CaPem);
        var (reader, problems) = SettingTree.Read($$"""{"secrets":{{json}} }""");
        var host = new ConnectionHost(TimeProvider.System, _folder, new Uri("https://bascule.example"));
        var options = SecretsOptions.Read(reader, host);
        problems.ShouldBeEmpty();
        return options;
    }

    private static string Origin(SimulatedService service) => service.Url.GetLeftPart(UriPartial.Authority);

    private string FileOf(string name) => Path.Combine(_folder, name);
}
