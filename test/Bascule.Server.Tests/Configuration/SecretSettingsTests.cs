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
            .ShouldBe(["storage.postgres", "forges.git.token", "forges.git.oauth.secret", "sign_in.okta.secret"]);
        settings.Secrets.All.ShouldAllBe(secret => secret.IsRead);
        settings.Secrets.All.Single(secret => secret.OpensStorage).Key.ShouldBe("storage.postgres");
    }

    [Fact]
    public void TakesEverySecretFromTheEnvironment()
    {
        Environment.SetEnvironmentVariable(Variable, "hunter2");

        var settings = _folder.Load(SettingsFolder.With("\"file:token\"", $"\"env:{Variable}\"")).Settings!;

        settings.Secrets.All.Count.ShouldBe(3);
        settings.Secrets.All.ShouldAllBe(secret => secret.Secret.Reveal() == "hunter2");
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
            .ShouldBe([
                $"bascule.yaml:83:5: sign_in.okta.secret: names the environment variable '{Variable}', which is not set or empty; set it where Bascule is started",
            ]);

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

    private string Write(string yaml)
    {
        File.WriteAllText(_folder.Path("bascule.yaml"), yaml);
        return _folder.Path("bascule.yaml");
    }
}
