using Bascule.Connectors.Forges.Forgejo;
using Bascule.Connectors.Forges.Gitea;
using Bascule.Connectors.Forges.Gogs;
using Bascule.Core.Forges;
using Bascule.Core.Settings;
using Bascule.Simulators;

namespace Bascule.Connectors.Tests.Forges;

public sealed class ForgeConnectorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly List<SettingProblem> _problems = [];

    public ForgeConnectorTests() => File.WriteAllText(Path.Combine(_folder, "token"), "abc\n");

    public static TheoryData<string> Kinds => ["gitea", "gogs", "forgejo"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void OpensAConnectionWithoutCallingAnybody(string kind)
    {
        using var authority = new LoopbackAuthority();
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), authority.CaPem);

        var forge = Open(kind, ("url", "https://git.invalid/"), ("token", "file:token"), ("ca", "ca.pem"))
            .ShouldNotBeNull();

        _problems.ShouldBeEmpty();
        (forge.Kind, forge.Name, forge.Url).ShouldBe((kind, "git", new Uri("https://git.invalid")));
        var access = forge.AccessTo(
            new()
            {
                Id = 1,
                Owner = "a",
                Name = "b",
                DefaultBranch = "main",
            }
        );
        access.Url.AbsoluteUri.ShouldBe("https://git.invalid/a/b.git");
        access.CaFile.ShouldBe(Path.Combine(_folder, "ca.pem"));
        (access.FindLogin()!.UserName + access.FindLogin()!.Password.Reveal()).ShouldContain("abc");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TellsEverythingThatIsWrongAtOnce(string kind)
    {
        Open(kind, ("url", "http://git.example.com"), ("token", "abc"), ("ca", "token")).ShouldBeNull();

        _problems.Select(problem => problem.Key).ShouldBe(["forges.git.url", "forges.git.token", "forges.git.ca"]);
        _problems.ShouldAllBe(problem => problem.Remedy.Length > 0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Threat", "T151")]
    public void NothingIsOpenedWhenASettingIsMissing(string kind)
    {
        Open(kind).ShouldBeNull();
        Open(kind, ("url", ""), ("token", "")).ShouldBeNull();
        Open(kind, ("url", "https://git.example.com"), ("token", "file:token"), ("ca", "")).ShouldBeNull();

        _problems.Count.ShouldBe(5);
    }

    [Fact]
    public void OnlyGogsTellsRedFromGreenByIssues()
    {
        (string, string)[] settings = [("url", "https://git.example.com"), ("token", "file:token")];

        Open("gogs", settings).ShouldBeAssignableTo<IIssues>().ShouldNotBeAssignableTo<ICommitStatuses>();
        Open("gitea", settings).ShouldBeAssignableTo<ICommitStatuses>().ShouldNotBeAssignableTo<IIssues>();
        Open("forgejo", settings).ShouldBeAssignableTo<ICommitStatuses>();
    }

    private IForge? Open(string kind, params (string Key, string Value)[] settings)
    {
        IForgeConnector[] connectors = [new GiteaConnector(), new GogsConnector(), new ForgejoConnector()];
        var at = new SettingLocation("bascule.yaml", 1, 1);
        var entries = settings.Select(entry => new SettingEntry(
            entry.Key,
            at,
            new SettingScalar(at, entry.Value, Quoted: true)
        ));
        var reader = new SettingReader(new SettingMap(at, [.. entries]), "forges.git", _problems);
        var host = new ConnectionHost(TimeProvider.System, _folder, new Uri("https://bascule.example"));
        return connectors.Single(connector => connector.Kind == kind).Open("git", reader, host);
    }
}
