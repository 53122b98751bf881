using Bascule.Connectors.Platforms.Airflow;
using Bascule.Core.Settings;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Airflow;

/// <summary>What a connection may say.</summary>
public sealed class AirflowSettingsTests
{
    private static readonly ConnectionHost Host = new(
        TimeProvider.System,
        "/etc/bascule",
        new Uri("https://bascule.example")
    );

    [Fact]
    public void ReadsALoginWithoutASecret()
    {
        var (options, problems) = Read(
            """{"url":"https://af.example/team","version":3,"bundle":"dags","login":{"signed":{"audience":"airflow"} } }"""
        );

        problems.ShouldBeEmpty();
        (options!.Url.AbsoluteUri, options.Base, options.Bundle).ShouldBe(
            ("https://af.example/team", "/api/v2", "dags")
        );
        options.Account.ShouldBe(new AirflowAccount.Signed("airflow"));
    }

    [Fact]
    public void ReadsAUserWhosePasswordIsElsewhere()
    {
        Environment.SetEnvironmentVariable("BASCULE_TEST_AIRFLOW", "canary");
        var (options, problems) = Read(
            """{"url":"https://af.example","version":2,"login":{"user":"bridge","password":"env:BASCULE_TEST_AIRFLOW"} }"""
        );

        problems.ShouldBeEmpty();
        var account = options!.Account.ShouldBeOfType<AirflowAccount.Password>();
        (account.User, account.Word.Reveal(), options.Base).ShouldBe(("bridge", "canary", "/api/v1"));
        account.ToString().ShouldNotContain("canary");
    }

    [Theory]
    [InlineData("""{}""", "login url version")]
    [InlineData("""{"url":"http://af.example","version":4,"login":{} }""", "login.password login.user url version")]
    [InlineData(
        """{"url":"https://af.example","version":2,"bundle":"b","login":{"signed":{"audience":"a"} } }""",
        "bundle login.signed"
    )]
    [InlineData(
        """{"url":"https://af.example","version":3,"login":{"signed":{"audience":"","key":"k"},"user":"u"} }""",
        "login.signed.audience login.signed.key login.user"
    )]
    [InlineData(
        """{"url":"https://af.example","version":3,"login":{"user":"a:b","password":"canary"} }""",
        "login.password login.user"
    )]
    public void SaysAllThatIsWrongAtOnce(string json, string keys)
    {
        var (options, problems) = Read(json);

        options.ShouldBeNull();
        string.Join(' ', problems.Select(problem => problem.Key).Distinct().Order(StringComparer.Ordinal))
            .ShouldBe(keys);
        problems.ShouldAllBe(problem => !problem.Message.Contains("canary"));
    }

    private static (AirflowOptions? Options, List<SettingProblem> Problems) Read(string json)
    {
        var (reader, problems) = SettingTree.Read(json);
        return (AirflowOptions.Read("af", reader, Host), problems);
    }
}
