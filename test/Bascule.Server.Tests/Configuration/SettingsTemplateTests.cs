using Bascule.Server.Configuration;

namespace Bascule.Server.Tests.Configuration;

public sealed class SettingsTemplateTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public SettingsTemplateTests()
    {
        Directory.CreateDirectory(_folder.Path("secrets"));
        File.WriteAllText(_folder.Path("secrets/git-token"), "s3cret");
    }

    [Fact]
    public void IsAcceptedOnceItsTwoPlacesAreFilled()
    {
        _folder.Problems(SettingsTemplate.Fill("https://bascule.corp.test", "0d1e2f")).ShouldBeEmpty();

        var settings = _folder.Load(SettingsTemplate.Fill("https://bascule.corp.test", "0d1e2f")).Settings!;
        settings.DataFolder.ShouldBe(_folder.Path("data"));
        settings.Environments.Select(environment => environment.Name).ShouldBe(["ml-dev", "ml-prod"]);
    }

    [Fact]
    public void IsRefusedAtEachPlaceThatIsNotFilled()
    {
        var problems = _folder.Problems(SettingsTemplate.Fill(url: null, client: null));

        problems.Count.ShouldBe(2);
        problems[0].ShouldContain(" url: ");
        problems[1].ShouldContain(" platforms.dbx.login.federation.client: ");
    }

    public void Dispose() => _folder.Dispose();
}
