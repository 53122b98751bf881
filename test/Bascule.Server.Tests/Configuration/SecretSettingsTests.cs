using Bascule.Core.Secrets;
using Bascule.Server.Configuration;

namespace Bascule.Server.Tests.Configuration;

/// <summary>Every setting that takes a secret takes each kind of reference.</summary>
public sealed class SecretSettingsTests : IDisposable
{
    private const string Variable = "BASCULE_TEST_SETTING";
    private readonly SettingsFolder _folder = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _folder.Dispose();
    }

    [Fact]
    public void NamesEverySecretOfTheFileInOrder()
    {
        Environment.SetEnvironmentVariable(Variable, "postgres://u:p@db/x");

        var settings = _folder
            .Load(
                SettingsFolder.With(
                    "storage: { sqlite: store/runs.db }",
                    $"storage: {{ postgres: \"env:{Variable}\" }}"
                )
            )
            .Settings!;

        settings
            .Secrets.All.Select(secret => secret.Key)
            .ShouldBe([
                "storage.postgres",
                "forges.git.token",
                "forges.git.oauth.secret",
                "platforms.af2.login.password",
                "sign_in.okta.secret",
                "audit.collectors.siem.key",
                "audit.collectors.otel.token",
                "audit.collectors.splunk.headers.Authorization",
                "provenance.pkcs11.pin",
            ]);
        settings.Secrets.All.ShouldAllBe(secret => secret.IsRead);
        settings.Secrets.All.Single(secret => secret.OpensStorage).Key.ShouldBe("storage.postgres");
    }

    [Fact]
    public void TakesEverySecretFromTheEnvironment()
    {
        Environment.SetEnvironmentVariable(Variable, "hunter2");

        var settings = _folder.Load(SettingsFolder.With("\"file:token\"", $"\"env:{Variable}\"")).Settings!;

        var given = settings.Secrets.All.Where(secret => secret.Reference is EnvironmentSecret).ToList();
        given.Count.ShouldBe(6);
        given.ShouldAllBe(secret => secret.Secret.Reveal() == "hunter2");
        settings.SignIn.Single().Secret.Reveal().ShouldBe("hunter2");
    }

    [Fact]
    public void RefusesAVariableThatIsNotSetByItsName() =>
        _folder
            .Problems(
                SettingsFolder.With(
                    "client: 0oa1\n    secret: \"file:token\"",
                    $"client: 0oa1\n    secret: \"env:{Variable}\""
                )
            )
            .ShouldHaveSingleItem()
            .ShouldEndWith(
                $"sign_in.okta.secret: names the environment variable '{Variable}', which is not set or empty; set it where Bascule is started"
            );

    [Fact]
    public void ACommandThatUsesNoSecretReadsNone()
    {
        File.Delete(_folder.Path("token"));
        var secrets = new SettingSecrets(isReading: false);

        var (settings, _) = ServerSettings.Load(
            Write(SettingsFolder.Full),
            SettingsFolder.Forges,
            SettingsFolder.Platforms,
            TimeProvider.System,
            secrets
        );

        settings.ShouldNotBeNull();
        secrets.All.ShouldAllBe(secret => !secret.IsRead);
    }

    [Theory]
    [InlineData("vault:secret/x#y", "vault", "secrets.vault")]
    [InlineData("azure-keyvault:corp/x", "azure-keyvault", "secrets.azure")]
    [InlineData("aws-secretsmanager:eu-west-1/x", "aws-secretsmanager", "secrets.aws")]
    public void RefusesASourceThatTheFileDoesNotDescribe(string reference, string scheme, string block) =>
        _folder
            .Problems(Bare.Replace("file:token", reference, StringComparison.Ordinal))
            .ShouldHaveSingleItem()
            .ShouldEndWith(
                $"forges.a.token: is in {scheme}, and {block} is missing; write {block}: how Bascule finds it and logs in"
            );

    [Theory]
    [InlineData("token_file: jwt", true)]
    [InlineData("audience: v", false)]
    public void RefusesToOpenTheDatabaseWithASecretThatNeedsTheDatabase(string login, bool isTaken)
    {
        var problems = _folder.Problems(
            Bare
                + $$"""

                storage: { postgres: "vault:secret/bascule#postgres" }
                secrets: { vault: { url: "https://vault.example.com", login: { jwt: { role: bascule, {{login}} } } } }
                """
        );

        if (isTaken)
            problems.ShouldBeEmpty();
        else
            problems
                .ShouldHaveSingleItem()
                .ShouldContain(
                    "storage.postgres: is needed before the database is open, and the login of secrets.vault needs tokens that Bascule signs"
                );
    }

    [Theory]
    [InlineData("env:KEY", null)]
    [InlineData("credential:master", null)]
    [InlineData("vault-transit:transit/bascule", null)]
    [InlineData("azure-key:corp/bascule", "master_key: is in azure-keyvault, and secrets.azure is missing")]
    [InlineData("vault:secret/x#y", "master_key: is in vault, which holds texts and no keys")]
    [InlineData("0123456789abcdef0123456789abcdef", "master_key: names no place of a key; write")]
    public void TheMasterKeyIsAtAPlaceAndNeverInTheFile(string place, string? told)
    {
        var problems = _folder.Problems(
            Bare
                + $$"""

                master_key: "{{place}}"
                secrets: { vault: { url: "https://vault.example.com", login: { token_file: t } } }
                """
        );

        if (told is null)
            problems.ShouldBeEmpty();
        else
            problems.ShouldHaveSingleItem().ShouldContain(told);
        problems.ShouldAllBe(problem => !problem.Contains("0123456789abcdef"));
    }

    [Fact]
    public void TheMasterKeyMayNotNeedTokensThatItSeals() =>
        _folder
            .Problems(
                Bare
                    + """

                    master_key: "vault-transit:transit/bascule"
                    secrets: { vault: { url: "https://vault.example.com", login: { jwt: { role: bascule } } } }
                    """
            )
            .ShouldHaveSingleItem()
            .ShouldContain("master_key: is needed before the database is open");

    private const string Bare = """
        url: http://127.0.0.1:8080
        forges: { a: { kind: gogs, url: "http://localhost:3000/gogs", token: "file:token", repositories: ["**"] } }
        platforms: { b: { kind: databricks, url: "https://x.test", login: { federation: { client: 1 } } } }
        environments: { c: { platform: b, repositories: ["a:**"], branches: ["**"] } }
        """;

    private string Write(string yaml)
    {
        File.WriteAllText(_folder.Path("bascule.yaml"), yaml);
        return _folder.Path("bascule.yaml");
    }
}
